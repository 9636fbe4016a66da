/** Commands of runtime detection. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { displaying } from "../display-options.ts";
import { collect, judging } from "../options.ts";
import { learnCommands } from "./learn-commands.ts";
import { JOURNAL, withPods } from "./pod-options.ts";
import { withImages } from "./programs.ts";
import { watchCommand } from "./watch-command.ts";
import { WORKER } from "./worker-name.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

/** Option of what evaluates by rules. */
function ruling(command: Command): Command {
  return command
    .optionsGroup("Rules:")
    .option(
      "--rules <place>",
      "rule file in Falco's language, directory of them, git:REF:PATH, or bulkhead; repeatable, in order (default: the policy's runtime.rules)",
      collect,
      [] as string[],
    )
    .optionsGroup("");
}

export function runtimeCommands(program: Command, finish: Finish): void {
  const runtime = program.command("runtime").description("detect attacks in events of kernels and API servers");
  withImages(ruling(displaying(judging(runtime.command("replay")))))
    .argument(
      "<events...>",
      "captures (.scap), audit logs of an API server, alerts of Falco, Tetragon, GuardDuty or Security Command Center; told by content, gzipped or not; - for standard input",
    )
    .description("evaluate recorded events by rules")
    .optionsGroup("Rules:")
    .option("--all-matching", "report every rule that matches an event, not only the first", false)
    .option(
      "--audit <file>",
      "audit log of the API server, to name who ran `kubectl exec`; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("Data:")
    .option("--host <name>", "host that the events are of (default: as they say themselves)")
    .option("--cluster-uid <uid>", "UID of the cluster's kube-system namespace, which pods are recorded under")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Formats of alerts: text (default), alerts (JSON lines, with Falco's keys), syslog (RFC 5424), slack (bodies of webhooks)

Examples:
  bulkhead runtime replay capture.scap.gz --rules falco_rules.yaml
  bulkhead runtime replay capture.scap --format alerts | jq -r .rule
  bulkhead runtime replay capture.scap --audit audit.log --image oci:build/api --dockerfile Dockerfile
  bulkhead runtime replay audit.log falco-events.json --format sarif=findings.sarif`,
    )
    .action(async (events: string[], options) => finish((await import("./replay.ts")).runtimeReplay(events, options)));

  watchCommand(withImages(ruling(displaying(judging(runtime.command("watch"))))), finish);

  runtime.command(WORKER, { hidden: true }).action(async () => {
    const { work } = await import("../../guards/runtime/watch/work.ts");
    const { collectStart, keepHeapNearWhatLives } = await import("../heap.ts");
    keepHeapNearWhatLives();
    await finish(work(collectStart).then(() => 0));
  });

  ruling(runtime.command("receive"))
    .description("evaluate the audit events that an API server posts, until SIGTERM")
    .optionsGroup("Rules:")
    .option("--all-matching", "report every rule that matches an event, not only the first", false)
    .optionsGroup("Policy:")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: ./bulkhead.yaml)")
    .option("--environment <name>", "environment of the policy, whose values override its defaults")
    .optionsGroup("Server:")
    .option(
      "--host <address>",
      "address to listen on; beyond loopback TLS and a proof of the client are needed",
      "127.0.0.1",
    )
    .option("--port <port>", "port to listen on", "8443")
    .option("--path <path>", "path of the URL that the API server posts to", "/audit")
    .option("--certificate <file>", "certificate and its chain (PEM), read again on SIGHUP")
    .option("--key <file>", "private key of the certificate (PEM)")
    .option("--client-ca <file>", "CA certificates of the clients that may post (PEM)")
    .option("--token-file <file>", "bearer tokens of which a client needs one, one a line, read again on SIGHUP")
    .optionsGroup("Output:")
    .option("--format <format>", "alerts (JSON lines), syslog or slack, on standard output", "alerts")
    .option("--record <file>", "file of the events, for `runtime replay`")
    .optionsGroup("")
    .action(async (options) => finish((await import("./receive.ts")).runtimeReceive(options)));

  learnCommands(runtime, finish);

  const rules = runtime.command("rules").description("check, list, explain and test rules");
  const placed = (command: Command): Command =>
    command
      .optionsGroup("Policy:")
      .option("--policy <source>", "trusted policy file or git:REF:PATH (default: ./bulkhead.yaml)")
      .option("--environment <name>", "environment of the policy, whose values override its defaults")
      .optionsGroup("")
      .option("--format <format>", "text or json", "text");
  placed(rules.command("check"))
    .argument("[rules...]", "rule files, directories of them, git:REF:PATH or bulkhead (default: the policy's)")
    .description("check rule files: errors and warnings, each with its place")
    .option(
      "--against <place>",
      "other version of the same rules: show what differs; repeatable",
      collect,
      [] as string[],
    )
    .option("--strict", "exit with 1 for warnings too", false)
    .addHelpText(
      "after",
      `
Exit codes: 0 rules can be loaded, 1 they cannot, 2 usage or input error

Examples:
  bulkhead runtime rules check rules/
  bulkhead runtime rules check ours.yaml --against upstream/falco_rules.yaml`,
    )
    .action(async (places: string[], options) =>
      finish((await import("./rules-check.ts")).runtimeRulesCheck(places, options)),
    );
  placed(rules.command("list"))
    .argument("[rules...]", "rule files, directories of them, git:REF:PATH or bulkhead (default: the policy's)")
    .description("list rules, and the fields and types of events that they use")
    .option("--fields", "list the fields that conditions and outputs use, and how many rules use each", false)
    .option("--events", "list the types of events that rules look at, and how many rules do", false)
    .action(async (places: string[], options) =>
      finish((await import("./rules-list.ts")).runtimeRulesList(places, options)),
    );
  placed(rules.command("explain"))
    .argument("<rule>", "name of a rule, in any case, or a part of it")
    .argument("[rules...]", "rule files, directories of them, git:REF:PATH or bulkhead (default: the policy's)")
    .description("explain a rule: what it finds, its whole condition, and what to do")
    .action(async (rule: string, places: string[], options) =>
      finish((await import("./rules-explain.ts")).runtimeRulesExplain(rule, places, options)),
    );
  ruling(placed(rules.command("test")))
    .argument("<tests...>", "test files (YAML), or directories of them")
    .description("test rules: which must fire on which events, and which must not")
    .addHelpText(
      "after",
      `
Exit codes: 0 all hold, 1 one does not, 2 usage or input error

A test file is a list; events as docs/event-lines.md says, or a capture:
  - name: a shell in a container
    capture: shell.scap
    fires: [Terminal shell in container]
    silent: [Read sensitive file untrusted]`,
    )
    .action(async (tests: string[], options) =>
      finish((await import("./rules-test.ts")).runtimeRulesTest(tests, options)),
    );
  runtime
    .command("prove")
    .description("make a harmless event and record whether a detector alerts on it (control 8)")
    .optionsGroup("Alerts:")
    .option(
      "--alerts <file>",
      "file that the detector writes its alerts to as JSON (Falco, Tetragon, `runtime watch`); - for standard input; repeatable",
      collect,
      [] as string[],
    )
    .option("--listen <[address:]port>", "wait for alerts that the detector posts, on 127.0.0.1 unless stated")
    .option("--certificate <file>", "certificate for --listen beyond loopback (PEM)")
    .option("--key <file>", "private key of the certificate (PEM)")
    .option("--token-file <file>", "bearer token that a client of --listen needs")
    .option("--timeout <seconds>", "time to wait for the alert", "30")
    .optionsGroup("Event:")
    .option("--container <image>", "make the event in a container or pod of this image, which has a shell and cat")
    .option("--engine <program>", "program that starts the container", "podman")
    .optionsGroup("Cluster:")
    .option("--cluster", "prove every node of a cluster, by a pod on each and the logs of its detectors", false)
    .option("--kubeconfig <file>", "kubeconfig file (default: KUBECONFIG, ~/.kube/config, in-cluster)")
    .option("--context <name>", "kubeconfig context (default: the current one)")
    .option("--namespace <name>", "namespace of the pods", "bulkhead")
    .option("--no-keep", "do not keep the proofs in the cluster (ConfigMaps of namespace bulkhead)")
    .optionsGroup("Proof:")
    .option("--node <name>", "name of the node (default: the host's name, or every node of the cluster)")
    .option("--cluster-uid <uid>", "UID of the cluster's kube-system namespace")
    .option("--record <place>", "file for the proof, or directory of proofs by node")
    .option("--format <format>", "text or json", "text")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
A copy of cat named bulkhead-proof-NONCE is executed and reads /etc/shadow; what it reads goes nowhere.

Exit codes: 0 the detector alerted, 1 it did not, 2 usage or input error, 3 could not be found out

Examples:
  bulkhead runtime prove --alerts /var/log/falco/events.json --record /var/lib/bulkhead/proofs/
  bulkhead runtime prove --container registry.example.com/busybox --alerts /var/run/cilium/tetragon/tetragon.log
  bulkhead runtime prove --cluster --container registry.example.com/busybox@sha256:…`,
    )
    .action(async (options) => finish((await import("./prove.ts")).runtimeProve(options)));
  withPods(
    runtime
      .command("containers")
      .description("list what is known of this host's containers: names, images, pods, privileges")
      .option("--root <directory>", "where the host's root filesystem is mounted", "/")
      .option("--format <format>", "text or json", "text")
      .optionsGroup("Pods:"),
  )
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Sockets and files of docker, containerd, CRI-O and podman are read where they are by default.

Exit codes: 0 listed, 2 usage or input error, 3 a container runtime or the kubelet could not be asked

Examples:
  bulkhead runtime containers
  bulkhead runtime containers --root /host --node "$NODE_NAME" --format json`,
    )
    .action(async (options) => finish((await import("./containers.ts")).runtimeContainers(options)));

  const respond = runtime.command("respond").description("list what was done about alerts, and undo it");
  const recorded = (command: Command): Command =>
    command.option("--journal <file>", "record that `runtime watch` keeps", JOURNAL);
  recorded(respond.command("list"))
    .description("list responses: what was done, to whom, why, and how it is undone")
    .option("--last <number>", "how many of the latest", "50")
    .option("--format <format>", "text or json (JSON lines)", "text")
    .addHelpText(
      "after",
      `
Exit codes: 0 listed, 2 usage or input error, 3 a part of the record could not be read`,
    )
    .action(async (options) => finish((await import("./respond.ts")).respondList(options)));
  recorded(respond.command("undo"))
    .argument("<ids...>", "ids of responses, or what each begins with")
    .description("undo responses: unpause or start containers, take labels and quarantine policies away")
    .option("--kubeconfig <file>", "kubeconfig file (default: KUBECONFIG, ~/.kube/config, in-cluster)")
    .option("--context <name>", "context of the kubeconfig")
    .addHelpText(
      "after",
      `
Exit codes: 0 undone, 2 it cannot be, or not any more

Examples:
  bulkhead runtime respond list --last 5
  bulkhead runtime respond undo r-3f0c`,
    )
    .action(async (ids: string[], options) => finish((await import("./respond.ts")).respondUndo(ids, options)));
}
