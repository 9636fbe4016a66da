/** What auditing workloads costs: real manifests, repeated under other names until there are a thousand and more. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackZstd } from "../conformance/images/unpack.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { readManifests } from "../src/engines/kubernetes/manifests.ts";
import type { Manifests } from "../src/engines/kubernetes/model.ts";
import { evaluateManifests } from "../src/evaluate/kubernetes/workloads.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const ARCHIVE = "kubernetes/kube-prometheus-manifests.tar.zst";
const ROUNDS = 5;
const WORKLOADS = 1_000;
const READ_BYTES = 5_000_000;

const LIMITS = {
  /** 1,000 a second. */
  audit: 1_000,
  read: 2_000,
  growth: 2.3,
  memory: 300_000_000,
  podsMemory: 900_000_000,
};

const PODS = 25_000;
const PODS_IN_FILE = 100;

/** Characters of a file that is repeated: definitions of custom resources and dashboards are larger, and no workloads. */
const LONGEST = 64 * 1024;

interface Text {
  readonly path: string;
  readonly text: string;
}

export const audit: Bench = {
  about: "auditing 1,000 workloads, and reading 5 MB of manifests",
  needs: [ARCHIVE],
  async run({ cache, data }) {
    const texts = [...unpackZstd(join(data, ARCHIVE))]
      .filter(([path]) => path.endsWith(".yaml"))
      .map(([path, bytes]): Text => ({ path, text: bytes.toString("utf8") }));
    const whole = copies(texts, (copied) => bytesOf(copied) >= READ_BYTES);
    const perCopy = readManifests(texts).workloads.length;
    const small = texts.filter(({ text }) => text.length <= LONGEST);
    const many = (count: number) => {
      const wanted = Math.ceil(count / perCopy);
      return copies(small, (_, number) => number >= wanted);
    };
    const thousand = readManifests(many(WORKLOADS));
    const context = { policy: defaultPolicy, now: new Date(), scope: "bench" };
    const reading: number[] = [];
    const judging: number[] = [];
    let evaluations = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const read = timed(() => readManifests(whole));
      const judged = timed(() => {
        evaluations = evaluateManifests(thousand, context).length;
      });
      // The first round warms up: a long audit spends its time as the others do.
      if (round === 0) continue;
      reading.push(read);
      judging.push((judged * WORKLOADS) / thousand.workloads.length);
    }
    const sizes = [1, 2, 4].map((times) => folderOf(cache, many(times * WORKLOADS), times));
    const commands = Object.fromEntries(
      sizes.map((folder, index) => {
        const output = `json=${join(cache, `audit-${index}.json`)}`;
        const run = () =>
          bulkhead(cache, "workload", "audit", folder, "--quiet", "--fail-on", "never", "--format", output);
        return [`${2 ** index},000`, run] as const;
      }),
    );
    const pods = podsIn(cache);
    const formats = Object.fromEntries(
      ["json", "sarif", "junit", "html"].map((format) => {
        const output = `${format}=${join(cache, `pods.${format}`)}`;
        const run = () =>
          bulkhead(cache, "workload", "audit", pods, "--quiet", "--fail-on", "never", "--format", output);
        return [format, run] as const;
      }),
    );
    const runs = await interleave(1, { ...commands, ...formats }, () => {});
    const growth = ratios(peaks(runs["4,000"] ?? []), peaks(runs["2,000"] ?? []));
    return {
      inputs: [
        `${thousand.workloads.length} workloads among ${thousand.objects.length} objects, ${evaluations} evaluations`,
        `${bytesOf(whole)} characters of manifests, dashboards and definitions of custom resources among them`,
        describe(thousand),
      ],
      rounds: ROUNDS,
      rows: [
        row("judge 1,000 workloads, every check of workloads, namespaces and clusters", "ms", judging, LIMITS.audit),
        row("read 5 MB of manifests", "ms", reading, LIMITS.read),
        ...Object.keys(commands).flatMap((count) => {
          const measured = runs[count] ?? [];
          const limit = count === "4,000" ? [LIMITS.memory] : [];
          return [
            row(`workload audit of ${count}, whole process`, "ms", times(measured)),
            row(`workload audit of ${count}, peak memory`, "bytes", peaks(measured), ...limit),
          ];
        }),
        ...Object.keys(formats).flatMap((format) => {
          const measured = runs[format] ?? [];
          return [
            row(`25,000 pods as ${format}, whole process`, "ms", times(measured)),
            row(`25,000 pods as ${format}, peak memory`, "bytes", peaks(measured), LIMITS.podsMemory),
          ];
        }),
        // Linear: twice the workloads take at most a little over twice the memory.
        row("memory of 4,000 over that of 2,000", "ratio", growth, LIMITS.growth),
      ],
    };
  },
};

/** One file and one namespace each, as a cluster of many teams has them. */
function copies(texts: readonly Text[], enough: (copied: readonly Text[], number: number) => boolean): Text[] {
  const copied: Text[] = [];
  for (let number = 0; !enough(copied, number); number++) {
    const all = texts.map(({ text }) => text).join("\n---\n");
    const text = all.replace(/^( *namespace: )monitoring$/gm, `$1team-${number}`);
    copied.push({ path: `team-${number}.yaml`, text });
  }
  return copied;
}

/** As a cluster of many teams has them: all of them with a dozen findings and more. */
function podsIn(cache: string): string {
  const folder = join(cache, "pods");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < PODS / PODS_IN_FILE; file++) {
    const pods = Array.from({ length: PODS_IN_FILE }, (_, index) => podOf(file, file * PODS_IN_FILE + index));
    writeFileSync(join(folder, `team-${file}.yaml`), pods.join("---\n"));
  }
  return folder;
}

function podOf(team: number, number: number): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: web-${number}
  namespace: team-${team}
  labels:
    app.kubernetes.io/name: web-${number}
    app.kubernetes.io/part-of: shop
spec:
  serviceAccountName: default
  containers:
    - name: web
      image: registry.example.com/shop/web:1.${number}
      ports:
        - containerPort: 8080
      env:
        - name: LOG_LEVEL
          value: info
      resources:
        limits:
          memory: 128Mi
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
        seccompProfile:
          type: RuntimeDefault
    - name: sidecar
      image: registry.example.com/shop/proxy:2.1
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
`;
}

function folderOf(cache: string, texts: readonly Text[], times: number): string {
  const folder = join(cache, `audit-${times}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of texts) writeFileSync(join(folder, path), text);
  return folder;
}

function bytesOf(texts: readonly Text[]): number {
  return texts.reduce((sum, { text }) => sum + text.length, 0);
}

function describe({ gaps }: Manifests): string {
  return `${gaps.length} gaps`;
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}
