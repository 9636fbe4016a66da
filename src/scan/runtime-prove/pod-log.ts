/** The log of a detector's container, as the kubelet has it: read again and again, so that it is known whether it could be read. */
import { setTimeout as delay } from "node:timers/promises";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../engines/kubernetes/cluster/paths.ts";
import { bounds } from "../bounds.ts";
import type { AlertSearch } from "./find-alert.ts";
import type { AlertOutput } from "./outputs.ts";

export interface PodLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export function openPodLog(
  api: Pick<ClusterApi, "follow">,
  { namespace, pod, container }: PodLog,
  search: Pick<AlertSearch, "line">,
  everyMilliseconds: number = bounds.provenLogMilliseconds,
): AlertOutput {
  const place = `log of pod ${namespace}/${pod} (${container})`;
  const closing = new AbortController();
  const began = performance.now();
  let fault: string | undefined = "not read yet";
  /** Of the newest line that was looked at. */
  let newest = "";

  async function look(signal?: AbortSignal): Promise<void> {
    const since = Math.ceil((performance.now() - began) / 1_000) + bounds.provenLogSeconds;
    const base = pathOf({ group: "", version: "v1", resource: "pods", namespace, name: pod });
    const query = new URLSearchParams({
      container,
      sinceSeconds: String(since),
      timestamps: "true",
      limitBytes: String(bounds.provenLogBytes),
    });
    const limits = { stallMilliseconds: bounds.provenPodMilliseconds, lineLimit: bounds.provenLineBytes };
    const answer = await api.follow(`${base}/log?${query}`, limits, signal ?? AbortSignal.timeout(30_000));
    if (!("lines" in answer)) {
      fault = `the API server answered ${answer.status}`;
      return;
    }
    let last = newest;
    let bytes = 0;
    for await (const line of answer.lines) {
      bytes += line.length;
      const [time = ""] = line.split(" ", 1);
      // A line that was looked at comes again.
      if (time !== "" && time <= newest) continue;
      if (time > last) last = time;
      search.line(line.slice(time.length + 1), place);
    }
    newest = last;
    fault = bytes >= bounds.provenLogBytes ? `more than ${bounds.provenLogBytes} bytes came` : undefined;
  }

  async function once(signal?: AbortSignal): Promise<void> {
    try {
      await look(signal);
    } catch (error) {
      if (!isEvidenceProblem(error) && !closing.signal.aborted) throw error;
      fault = error instanceof Error ? error.message : String(error);
    }
  }

  const looking = (async () => {
    while (!closing.signal.aborted) {
      await once(closing.signal);
      await delay(everyMilliseconds, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  })();

  return {
    place,
    fault: () => fault,
    async close() {
      closing.abort();
      await looking;
      // What came last, and whether the log can be read at all.
      await once();
    },
  };
}
