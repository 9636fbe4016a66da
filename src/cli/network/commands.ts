/** `network map`, `test`, `diff` and `explain`. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { knownCnis } from "../../engines/reachability/settings.ts";
import { collect, naming, walking } from "../options.ts";
import { RENDER } from "../render-option.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

/** Options of what computes a network. */
export function networking(command: Command): Command {
  return command
    .optionsGroup("Policy:")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: the scanned directory's, untrusted)")
    .option("--environment <name>", "environment of the policy, whose values override its defaults")
    .option("--cni <name>", `CNI of the cluster: ${knownCnis.join(", ")} or none (default: the policy's cluster.cni)`)
    .optionsGroup("Output:")
    .option("--quiet", "suppress progress output", false)
    .optionsGroup("");
}

function placing(command: Command): Command {
  return networking(naming(walking(command)))
    .option("--cluster", "read a live cluster instead of a directory", false)
    .option("--render", RENDER, false);
}

function formatting(command: Command, formats: string): Command {
  return command
    .optionsGroup("Output:")
    .option("--format <format[=file]>", `${formats}; repeatable; =FILE writes to a file`, collect, [] as string[])
    .optionsGroup("");
}

const DIRECTORY = "directory of manifests, a file, or - for standard input";

export function networkCommands(program: Command, finish: Finish): void {
  const network = program.command("network").description("who can talk to whom, and why");
  formatting(placing(network.command("map")), "text (default), json, flat (JSON lines), mermaid, html")
    .argument("[place]", DIRECTORY, ".")
    .description("show which workloads can connect to which, and to what outside")
    .option("--from <name>", "only connections from: shop/web, shop/*, node, internet, an address")
    .option("--to <name>", "only connections to: shop/api, metadata, 10.0.0.0/8")
    .option("--focus <name>", "only connections from or to")
    .option("--exposed", "only what is exposed outside the cluster, and what it reaches", false)
    .option("--all", "show every line", false)
    .addHelpText(
      "after",
      `
Examples:
  bulkhead network map deploy/
  bulkhead network map deploy/ --to metadata --cni cilium
  bulkhead network map --cluster --focus shop/api --format mermaid`,
    )
    .action(async (place: string, options) => finish((await import("./map.ts")).networkMap(place, options)));
  formatting(placing(network.command("test")), "text (default), json, junit")
    .argument("<file>", "file of assertions, one a line: allow shop/web -> shop/api:8080")
    .argument("[place]", DIRECTORY, ".")
    .description("test assertions about connections")
    .addHelpText(
      "after",
      `
Exit codes: 0 all hold, 1 one does not hold, 2 usage or input error, 3 one is unknown

Assertions:
  allow shop/web -> shop/api:8080
  deny shop/* -> internet
  deny * -> metadata                        any port; more in docs/network.md`,
    )
    .action(async (file: string, place: string, options) =>
      finish((await import("./test.ts")).networkTest(file, place, options)),
    );
  formatting(networking(walking(network.command("diff"))), "text (default), json, markdown")
    .argument("<old>", "directory or file of manifests before the change, or git:REF:PATH")
    .argument("<new>", "directory or file of manifests after the change, or git:REF:PATH")
    .description("show which connections a change opens and closes")
    .option("--fail-on-opened", "exit with 1 if a connection is opened, with 3 if one may be", false)
    .option("--all", "show every line", false)
    .addHelpText(
      "after",
      `
Examples:
  bulkhead network diff git:origin/main:deploy deploy/
  bulkhead network diff before/ after/ --fail-on-opened --format markdown=comment.md`,
    )
    .action(async (before: string, after: string, options) =>
      finish((await import("./diff.ts")).networkDiff(before, after, options)),
    );
  formatting(placing(network.command("explain")), "text (default), json")
    .argument("<from>", "shop/web, shop/Deployment/web, node, internet or an address")
    .argument("<to>", "as <from>, or a Service; with or without a port: shop/api:8080")
    .argument("[port]", "8080, 8080/UDP, 8000-8010 or a port's name (default: every port)")
    .description("explain which rules allow or deny a connection")
    .option("--in <place>", DIRECTORY, ".")
    .addHelpText(
      "after",
      `
Examples:
  bulkhead network explain shop/web shop/database 5432 --in deploy/
  bulkhead network explain shop/worker metadata --cluster`,
    )
    .action(async (from: string, to: string, port: string | undefined, options) =>
      finish((await import("./explain.ts")).networkExplain(from, to, port, options)),
    );
  placing(network.command("generate"))
    .argument(
      "[names...]",
      "namespaces (default: all that have pods but kube-*), then a directory with a slash, a file, or -",
    )
    .description("generate network policies from what workloads need, and prove them")
    .optionsGroup("Needs:")
    .option(
      "--observed <file>",
      "connections that were seen: JSON lines, Hubble flows, Istio access logs; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--api-server <address[:port]>",
      "address of the API server as pods reach it; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--ingress-from <namespace[:labels]>",
      "where Ingresses and Gateways are served from; repeatable",
      collect,
      [] as string[],
    )
    .option("--egress <way>", "hosts of the policy's network.egress by: cilium, istio or squid")
    .option(
      "--proxy <namespace[:labels]>",
      "pods of the egress proxy of --egress squid (default: egress-proxy:app=squid)",
    )
    .option("--mesh <mesh>", "mTLS and authorization too: istio or linkerd")
    .optionsGroup("Output:")
    .option("--write <dir>", "write a file for each namespace to this directory")
    .option("--format <format>", "yaml or json", "yaml")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Exit codes: 0 everything needed is allowed, 2 usage or input error, 3 something needed is not, an observed connection is cut, or a manifest was not read

Examples:
  bulkhead network generate shop deploy/ --api-server 10.0.0.1:6443 --write deploy/network
  bulkhead network generate --cluster --observed flows.json
  bulkhead network generate shop deploy/ --egress squid --write network/`,
    )
    .action(async (names: string[], options) =>
      finish((await import("./generate.ts")).networkGenerate(names, options)),
    );
}
