import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readPolicyFiles } from "../../collect/policy/files.ts";
import { loadPolicy } from "../../collect/policy/load.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { type PinScope, pinScopes } from "../../engines/admission/policy-model.ts";
import { parseReference } from "../../engines/oci/reference.ts";
import { deployJson, deployStream, MADE_BY, writtenFiles } from "../../guards/admission/deploy/files.ts";
import type {
  CertificateMode,
  CustomKind,
  DeploySettings,
  NamedSecret,
  PolicyFile,
} from "../../guards/admission/deploy/model.ts";
import { defaultDeploySettings } from "../../guards/admission/deploy/settings.ts";
import { writeOwnFiles } from "../own-files.ts";
import { writeStream } from "../write-stream.ts";

export interface ManifestsOptions {
  readonly namespace: string;
  readonly image?: string;
  readonly replicas: string;
  readonly policy?: string;
  readonly failurePolicy: "fail" | "ignore";
  readonly timeout: string;
  readonly excludeNamespace: readonly string[];
  readonly includeExcluded: boolean;
  readonly kind: readonly string[];
  readonly certificates: CertificateMode;
  readonly pullSecret: readonly string[];
  readonly advisories?: string;
  readonly advisoriesKey?: string;
  readonly format: "yaml" | "json";
  readonly write?: string;
}

/** `bulkhead admission manifests`: what runs the webhook, on standard output or as files; nothing of a cluster is asked. */
export async function admissionManifests(options: ManifestsOptions): Promise<number> {
  const { format, write } = options;
  if (format === "json" && write !== undefined) {
    throw usageProblem("--write --format json", "files are YAML", "leave one of them out");
  }
  const settings = await settingsOf(options);
  for (const note of notesOf(settings, options)) process.stderr.write(`note: ${printable(note)}\n`);
  if (write === undefined) {
    await writeStream(process.stdout, [format === "json" ? deployJson(settings) : deployStream(settings)]);
    return 0;
  }
  for (const path of madeFiles(write, settings)) process.stdout.write(`${printable(path)}\n`);
  return 0;
}

async function settingsOf(options: ManifestsOptions): Promise<DeploySettings> {
  const root = process.cwd();
  const policy = options.policy === undefined ? undefined : await readPolicyFiles(options.policy, root);
  const pin = options.policy === undefined ? defaultDeploySettings.pin : await pinOf(options.policy, root);
  const advisories = advisoriesOf(options);
  const files = [...(policy ?? defaultDeploySettings.policy), ...(advisories === undefined ? [] : [advisories.key])];
  const length = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (length > CONFIG_MAP_BYTES) {
    const cause = `the policy's files are ${length} bytes together, and a ConfigMap holds ${CONFIG_MAP_BYTES}`;
    throw usageProblem(`--policy ${options.policy}`, cause, "move rules and exceptions out of it");
  }
  return {
    ...defaultDeploySettings,
    namespace: nameOf(options.namespace, "--namespace"),
    ...(options.image === undefined ? {} : { image: imageOf(options.image) }),
    replicas: numberOf(options.replicas, "--replicas", 1, 100),
    failurePolicy: options.failurePolicy === "fail" ? "Fail" : "Ignore",
    timeoutSeconds: numberOf(options.timeout, "--timeout", 1, 30),
    certificates: options.certificates,
    policy: files,
    pin,
    excluded: options.excludeNamespace.map((name) => nameOf(name, "--exclude-namespace")),
    asksForExcluded: options.includeExcluded,
    kinds: options.kind.map(kindOf),
    pullSecrets: options.pullSecret.map(secretOf),
    ...(advisories === undefined ? {} : { advisories: { ...advisories, publicKey: advisories.key.path } }),
  };
}

/** The widest of what holds in any namespace. */
async function pinOf(flag: string, root: string): Promise<PinScope> {
  const { admission } = await loadPolicy({ flag, root });
  const names = new Set(Object.values(admission.environments));
  const all = await Promise.all([...names].map(async (environment) => await loadPolicy({ flag, root, environment })));
  const scopes = [admission, ...all.map((policy) => policy.admission)].map(({ pin }) => pin);
  return scopes.reduce((one, other) => (pinScopes.indexOf(other) > pinScopes.indexOf(one) ? other : one));
}

/** What the API server takes of one object's values together. */
const CONFIG_MAP_BYTES = 1024 * 1024;

/** What stands in the manifests and is not yet yours. */
function notesOf(
  { image, failurePolicy, replicas, certificates }: DeploySettings,
  options: ManifestsOptions,
): string[] {
  return [
    ...(options.image === undefined ? ["the image is a placeholder: name yours by digest (--image)"] : []),
    ...(options.image !== undefined && !image.includes("@sha256:")
      ? ["the image is not pinned by digest: whoever moves its tag replaces the webhook"]
      : []),
    ...(options.policy === undefined ? ["the policy is a placeholder: name yours (--policy)"] : []),
    ...(failurePolicy === "Ignore" ? ["with --failure-policy ignore, pods are admitted when the webhook is down"] : []),
    ...(failurePolicy === "Fail" && replicas < 2 ? ["one replica: no pod is admitted while it restarts"] : []),
    ...(certificates === "files" ? ["the Secret admission-tls (tls.crt, tls.key, ca.crt) must exist first"] : []),
    ...(options.advisories === undefined
      ? ["no advisory database: what the policy asks about vulnerabilities is unknown (--advisories)"]
      : []),
  ];
}

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function nameOf(written: string, option: string): string {
  if (NAME.test(written)) return written;
  throw usageProblem(`${option} ${written}`, "not a namespace name", "lower-case letters, digits and hyphens");
}

function numberOf(written: string, option: string, from: number, to: number): number {
  const number = /^\d{1,4}$/.test(written) ? Number(written) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw usageProblem(`${option} ${written}`, `not a number from ${from} to ${to}`);
}

function imageOf(written: string): string {
  try {
    parseReference(written);
    return written;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw usageProblem(`--image ${written}`, error.message, "registry.example.com/bulkhead:0.1.0@sha256:…");
  }
}

function kindOf(written: string): CustomKind {
  const [group = "", version = "", resource = "", more] = written.split("/");
  if (more === undefined && SUBDOMAIN.test(group) && /^v[a-z0-9]{1,20}$/.test(version) && NAME.test(resource)) {
    return { group, version, resource };
  }
  throw usageProblem(`--kind ${written}`, "not GROUP/VERSION/RESOURCE", "argoproj.io/v1alpha1/rollouts");
}

function secretOf(written: string): NamedSecret {
  const [namespace = "", name = "", more] = written.split("/");
  if (more === undefined && NAME.test(namespace) && SUBDOMAIN.test(name)) return { namespace, name };
  throw usageProblem(`--pull-secret ${written}`, "not NAMESPACE/NAME", "shop/registry-credentials");
}

/** The most that a public key may take. */
const KEY_BYTES = 10_000;

function advisoriesOf({ advisories: reference, advisoriesKey: key }: ManifestsOptions) {
  if (reference === undefined && key === undefined) return undefined;
  if (reference === undefined || key === undefined) {
    const cause = "the database and the key that signed it go together";
    throw usageProblem(
      `--advisories${key === undefined ? "" : "-key"}`,
      cause,
      "use --advisories and --advisories-key",
    );
  }
  if (!/^oci:\/\/[!-~]+$/.test(reference)) throw usageProblem(`--advisories ${reference}`, "not oci://REFERENCE");
  return { reference, key: keyFile(key) };
}

function keyFile(path: string): PolicyFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw usageProblem(`--advisories-key ${path}`, "cannot be read");
  }
  if (text.length > KEY_BYTES || !text.includes("-----BEGIN PUBLIC KEY-----")) {
    throw usageProblem(`--advisories-key ${path}`, "not a public key", "an Ed25519 public key (SPKI, PEM)");
  }
  return { path: `advisories/${basename(path)}`, text };
}

function madeFiles(folder: string, settings: DeploySettings): string[] {
  const files = writtenFiles(settings);
  return writeOwnFiles({ folder, files, madeBy: MADE_BY, command: "admission manifests", root: process.cwd() });
}
