/** Workloads that are meant to reach all of the internet, by the word of a policy that the caller vouches for. */
import { compileGlob } from "../../../core/glob.ts";
import type { Policy } from "../../../core/policy.ts";
import { parseDestination } from "../../../engines/reachability/destination.ts";

const EVERYWHERE: ReadonlySet<string> = new Set(["0.0.0.0/0", "::/0"]);

/** By a workload's name, `shop/Deployment/web`. Of the scanned directory's own policy nothing is taken. */
export function trustedInternet({ network, origin }: Policy): (name: string) => boolean {
  if (origin.kind !== "trusted") return () => false;
  const patterns = network.egress
    .filter(({ to }) =>
      to.some((text) => EVERYWHERE.has(text.replace(/^\[|\]?(?::\d+)?$/g, "")) && parseDestination(text)),
    )
    .map(({ from }) => compileGlob(from));
  return (name) => {
    const [namespace = "", , ...called] = name.split("/");
    const written = `${namespace}/${called[0] ?? ""}`;
    return patterns.some((matches) => matches(written));
  };
}
