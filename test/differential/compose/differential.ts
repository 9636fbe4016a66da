/** Compose files: what each service is allowed by our reading, beside what Compose itself makes of the file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifests } from "../../../src/engines/kubernetes/manifests.ts";
import type { Workload } from "../../../src/engines/kubernetes/model.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGo } from "../go-program.ts";
import { generate } from "./generate.ts";

const SOURCE = join(import.meta.dirname, "consumer.go");

/** Libraries whose import path ends with a version that their folder has not. */
const VERSIONED = ["github.com/compose-spec/compose-go", "github.com/go-viper/mapstructure"];

export const differential: Differential = {
  reader: "compose",
  consumer: "compose-go 2",
  needs: ["go", "/usr/share/gocode/src/github.com/compose-spec/compose-go"],
  cases: { short: 600, soak: 10_000 },
  // Nothing is started of what Compose refuses.
  accepting: "harmless",
  generate,
  async consume(cases) {
    return (await askGo(SOURCE, cases, VERSIONED)).map((line): Reading => {
      const answer = JSON.parse(line) as readonly object[] | { readonly error: string };
      return "error" in answer
        ? { kind: "refused", why: answer.error }
        : { kind: "value", value: JSON.stringify(answer) };
    });
  },
  read(bytes) {
    let text: string;
    try {
      text = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
    } catch {
      return { kind: "refused", why: "not UTF-8" };
    }
    const { workloads, gaps } = readManifests([{ path: "compose.yaml", text }]);
    // What no service uses makes none another.
    const [gap] = gaps.filter(({ reason }) => !reason.endsWith("used by no service of this file"));
    if (gap !== undefined) return { kind: "refused", why: gap.reason };
    const services = workloads.map(describe).sort((a, b) => compareBytes(a.name, b.name));
    return { kind: "value", value: JSON.stringify(services) };
  },
  regressions: () =>
    new Map(
      (JSON.parse(readFileSync(join(import.meta.dirname, "cases.json"), "utf8")) as string[]).map((text, index) => [
        String(index),
        Buffer.from(text),
      ]),
    ),
};

/** The same lines as the consumer writes, from the pod that checks are handed and from what no pod has. */
function describe({ object, pod, compose }: Workload) {
  if (compose === undefined) throw new Error("no service of Compose");
  const [container] = pod.containers;
  const security = container?.securityContext;
  const { devices, files, build, hooks } = compose;
  // What it takes of other services Compose leaves to the engine.
  const mounts = compose.mounts.filter(({ place }) => place === undefined);
  const places = pod.volumes.map(({ hostPath }) => hostPath?.path);
  // What is judged is the pod: each place of the host must have come there.
  const shown = [...mounts.filter(({ type }) => type === "bind"), ...devices].map(({ source }) => source);
  const lost = shown.find((source) => !places.includes(source) && !/^\.\.?\//.test(source));
  if (lost !== undefined) throw new Error(`${lost} is not among the pod's volumes`);
  return {
    name: object.name,
    privileged: security?.privileged ?? false,
    readOnly: security?.readOnlyRootFilesystem ?? false,
    user: compose.user ?? "",
    namespaces: [
      compose.networkMode ?? "",
      compose.pid ?? "",
      compose.ipc ?? "",
      compose.uts ?? "",
      compose.cgroup ?? "",
      compose.usernsMode ?? "",
    ],
    capAdd: list(compose.capAdd),
    capDrop: list(compose.capDrop),
    options: list(compose.securityOptions),
    volumes: list(
      mounts.map(({ type, source, target, readOnly, device }) => {
        const behind = type === "volume" && device?.startsWith("/") === true ? ` ${device}` : "";
        return `${type} ${source} ${target} ${readOnly ?? false}${behind}`;
      }),
    ),
    devices: list(devices.map(({ source, target, permissions }) => `${source} ${target} ${permissions}`)),
    deviceRules: list(compose.deviceCgroupRules),
    sysctls: list((pod.securityContext?.sysctls ?? []).map(({ name, value }) => `${name}=${value}`)),
    ports: list(
      (container?.ports ?? []).map(
        ({ hostIP = "", hostPort = "", containerPort, protocol = "TCP" }) =>
          `${hostIP}:${hostPort}:${containerPort}/${protocol.toLowerCase()}`,
      ),
    ),
    files: list(files.map(({ kind, name, file = "", target }) => `${kind} ${name} ${file} ${target}`)),
    image: container?.image ?? "",
    build:
      build === undefined || (build.privileged !== true && !build.network && build.entitlements.length === 0)
        ? []
        : [String(build.privileged ?? false), build.network ?? "", ...list(build.entitlements)],
    hooks: list(hooks.map(({ on, user = "", privileged = false }) => `${on} ${user} ${privileged}`)),
    groups: list(compose.groups),
    volumesFrom: list(compose.volumesFrom),
  };
}

function list(texts: readonly string[]): readonly string[] {
  return [...texts].sort(compareBytes);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
