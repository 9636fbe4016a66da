/** docs/reference/gap-codes.md: codes that an unknown can have, as they are written in the source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lockableKeys } from "../../src/collect/policy/settings.ts";
import { neverAbsorbed } from "../../src/core/baseline-unknowns.ts";
import { code, page, row, table } from "./markdown.ts";

/** What a code's first word is about. A code of another word is an error, so that none is left out unseen. */
const AREAS: Readonly<Record<string, string>> = {
  admission: "admission: reviews, policies of the API server, what a cluster says around a request",
  advisories: "which packages the advisories cover",
  base: "the base image",
  bases: "the file of base images that were learned",
  certificate: "the certificate that the admission guard shows",
  cluster: "a live cluster",
  collect: "reading files and directories, and the time that it may take",
  contents: "packages and files of an image, and lockfiles",
  daemon: "the Docker or Podman daemon",
  database: "the advisory database",
  dependencies: "what a change does to lockfiles",
  detection: "what watches nodes, and proofs that it alerts",
  dockerfile: "Dockerfiles, and the shell in them",
  engine: "a container engine and its containers (`workload audit docker:`)",
  events: "events of kernels and API servers, and alerts of other detectors",
  evidence: "how old the evidence is",
  exposure: "ways into a cluster: Services, Ingresses, Gateways",
  git: "Git repositories",
  history: "the history of an image",
  image: "which image is meant",
  imports: "reports of other scanners (`--import`)",
  kubernetes: "manifests and Compose files",
  lifecycle: "end of life of releases",
  mesh: "service meshes",
  network: "who can talk to whom: network policies, the CNI that enforces them",
  oci: "images: documents, layers, file trees",
  packages: "package registries, archives of packages, and lockfiles of a change",
  pipelines: "workflows of continuous integration",
  rbac: "roles and bindings",
  registry: "registries",
  runtime: "the live sensor, what watches with it, and what is done about alerts",
  sbom: "SBOMs",
  secrets: "secret scanning",
  severity: "findings without a severity",
  store: "the store of what is kept over time",
  storage: "images of containers/storage",
  trace: "the trace of one image",
  trust: "signatures, attestations, and who is trusted",
  updates: "pending updates",
};

/** Of these an unknown is never made: they end a command, or are told by those that change the database. */
const ENDING = [
  "baseline",
  "bundle",
  "catalogue",
  "cli",
  "exclude",
  "feeds",
  "files",
  "jose",
  "kubeconfig",
  "learned",
  "net",
  "policy",
  "response",
  "rules",
  "serve",
  "server",
  "signing",
  "tuf",
  "vex",
];

/** Codes whose first word is put before the rest where they are made: the folder, the word, and how the rest stands there. */
const PARTS: readonly { readonly under: string; readonly area: string; readonly rest: RegExp }[] = [
  { under: "engines/dockerfile/", area: "dockerfile", rest: /\b(?:refuse|broken)\("([a-z-]+)"/g },
  { under: "engines/kubernetes/cluster/", area: "cluster", rest: /\bunavailable\("([a-z-]+)"/g },
  { under: "engines/contents/sbom/read", area: "sbom", rest: /\bproblem\("([a-z-]+)"/g },
];

/** Types that list the rest of a code: the file, the word, and the union. */
const UNIONS: readonly { readonly file: string; readonly area: string; readonly union: RegExp }[] = [
  { file: "formats/yaml/model.ts", area: "kubernetes", union: /interface YamlFault \{\s*readonly code: ([^;]+);/ },
  { file: "engines/vulnerability/hits.ts", area: "advisories", union: /type DoubtKind =([^;]+);/ },
];

/** Types that list why a signature or an attestation does not count: a reason for a fail, and for no unknown. */
const REFUSALS: readonly { readonly file: string; readonly union: RegExp; readonly unknown: readonly string[] }[] = [
  { file: "engines/trust/model.ts", union: /type RefusalCode =([^;]+);/, unknown: [] },
  { file: "engines/trust/decision-model.ts", union: /type DecisionCode =([^;]+);/, unknown: ["trust.undecided"] },
];

/** Names of files that look like codes. */
const FILE = /\.(?:db|json|bundle)"$/;

/** Every code, sorted. @param source - the folder `src` */
export function gapCodes(source: string): string[] {
  const paths = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/[.](?:test|fixture|cases)[.]ts$/.test(path))
    .filter((path) => !/^(?:cli|report)\//.test(path));
  const texts = new Map(paths.map((path) => [path, readFileSync(join(source, path), "utf8")]));
  const stated = [...texts.values()].flatMap((text) => [...text.matchAll(/\bcode: "([a-z]+)\.[a-z0-9-]+"/g)]);
  const areas = new Set(stated.map(([, area = ""]) => area));
  for (const area of areas) {
    if (AREAS[area] === undefined && !ENDING.includes(area)) {
      throw new Error(`scripts/reference/gap-codes.ts: say what codes of ${area} are about`);
    }
  }
  const found = new Set<string>();
  const ended = new Set<string>();
  for (const text of texts.values()) {
    for (const [literal, area = ""] of text.matchAll(/"([a-z]+)\.[a-z0-9-]+"/g)) {
      if (AREAS[area] !== undefined && !FILE.test(literal)) found.add(literal.slice(1, -1));
    }
    for (const [, only = ""] of text.matchAll(/kind: "usage",\s*code: "([^"]+)"/g)) ended.add(only);
    for (const [, kept = ""] of text.matchAll(/(?<!kind: "usage",\s*)\bcode: "([^"]+)"/g)) ended.delete(kept);
  }
  for (const { under, area, rest } of PARTS) {
    const within = [...texts].filter(([path]) => path.startsWith(under));
    for (const [, text] of within) for (const [, end = ""] of text.matchAll(rest)) found.add(`${area}.${end}`);
  }
  for (const { file, area, union } of UNIONS) {
    const [, words] = union.exec(texts.get(file) ?? "") ?? [];
    if (words === undefined) throw new Error(`scripts/reference/gap-codes.ts: src/${file} has no ${union}`);
    for (const [, end = ""] of words.matchAll(/"([a-z-]+)"/g)) found.add(`${area}.${end}`);
  }
  const others = new Set<string>(lockableKeys);
  for (const { file, union, unknown } of REFUSALS) {
    const [, words] = union.exec(texts.get(file) ?? "") ?? [];
    if (words === undefined) throw new Error(`scripts/reference/gap-codes.ts: src/${file} has no ${union}`);
    for (const [, code = ""] of words.matchAll(/"([a-z.-]+)"/g)) if (!unknown.includes(code)) others.add(code);
  }
  return [...found].filter((each) => !ended.has(each) && !others.has(each)).sort();
}

export function gapCodesPage(source: string): string {
  const codes = gapCodes(source);
  const absorbed = (each: string): boolean =>
    !neverAbsorbed.some((one) => (one.endsWith(".") ? each.startsWith(one) : each === one));
  return page("Gap codes", [
    "Each reason for an *unknown* has a code: `gaps[].code` in `--format json`, and the first word of a line of `unknown:` in `--format plain`. `--accept-unknown CODE` and [`unknown` in the policy](../policy.md#accepted-unknowns) take it, so that the exit code does not count that unknown. The verdict stays *unknown*.",
    "The reason beside a code says which file, image or package it is about, and the remedy what would close the gap. In some places a code ends a command instead (exit code 2), as where the one image of `image scan` cannot be read. Codes marked \\* are recorded in no [baseline](../known-findings.md#unknowns).",
    table(
      ["about", "codes"],
      [...Map.groupBy(codes, (each) => each.split(".", 1)[0] ?? "")].map(([area, some]) =>
        row(AREAS[area] ?? "", some.map((each) => `${code(each)}${absorbed(each) ? "" : " \\*"}`).join(", ")),
      ),
    ),
  ]);
}
