/** Policies and policy files, for tests of what a file may do to a policy. */
import fc from "fast-check";
import { categories, categoryKeys } from "../../core/category.ts";
import { actions, denyAll } from "../../core/enforcement.ts";

import type { Exception } from "../../core/exception.ts";
import { denyAtGate } from "../../core/gate-enforcement.ts";
import type { Policy } from "../../core/policy.ts";
import type { WrittenEnforcement } from "../../core/policy-settings.ts";

import { type Severity, severities } from "../../core/severity.ts";
import { baseKinds } from "../../engines/contents/base/model.ts";
import { unknownLicenses } from "../../engines/contents/licenses/policy.ts";
import { respondModes, responseActions } from "../../engines/events/respond/model.ts";
import { accessActions } from "../../engines/oci/distribution/access-model.ts";
import { defaultPolicy } from "./default.ts";
import { settingOf } from "./settings.ts";
import type { PolicyFile } from "./shape.ts";
import { type StatedPolicy, statedBy } from "./stated.ts";

export const now = new Date("2025-06-15T00:00:00Z");
const source = { path: "bulkhead.yaml", line: 9, column: 5 };

export function exception(stated: Partial<Exception>): Exception {
  return { ids: ["CVE-1"], reason: "r", owner: "o", expires: "2025-12-31", source, ...stated };
}

export function tree(file: Partial<PolicyFile>, exceptions: readonly Exception[] = []): StatedPolicy {
  const at = (path: readonly unknown[]) => ({ line: path.length, column: 1 });
  const document = { value: file, at, keyAt: at };
  const stated = statedBy({ file: { ...file, apiVersion: "bulkhead/v1" }, document }, "bulkhead.yaml", (name) => name);
  return { ...stated, exceptions };
}

export const strict: Policy = {
  ...defaultPolicy,
  thresholds: {
    vulnerability: { severity: "high", fixableOnly: false, exploited: true },
    configuration: { severity: "medium", fixableOnly: false },
  },
  unknownSeverity: "unknown",
  advisories: { maxAgeDays: 5 },
  exceptions: [],
  unknown: [],
  exclude: [],
  origin: { kind: "trusted", name: "policy.yaml", loosened: [] },
};

const limits = fc.integer({ min: 1, max: 1_440 });
export const severity = fc.constantFrom(...severities);
export const anySeverity = fc.constantFrom<Severity>(...severities, "unknown");
const exceptions = fc.array(
  fc
    .record(
      { ids: fc.subarray(["CVE-1", "CVE-2", "CVE-3"]), package: fc.constantFrom("p", "q") },
      { requiredKeys: ["ids"] },
    )
    .map(exception),
  { maxLength: 3 },
);
const patterns = fc.uniqueArray(fc.constantFrom("a", "a*", "ab", "a/b", "a/*", "a/**", "**", "a?", "*b", "A*b"), {
  maxLength: 4,
});
const days = fc.nat(20);
const action = fc.constantFrom(...actions);
/** Check ids and patterns over them. */
export const checkPatterns = ["image/*", "image/a", "image/b", "*/a", "**", "build/a"];
const enforcementFields = {
  default: action,
  categories: fc.dictionary(fc.constantFrom(...Object.values(categoryKeys)), action, { noNullPrototype: true }),
  checks: fc.dictionary(fc.constantFrom(...checkPatterns), action, { maxKeys: 3, noNullPrototype: true }),
};
export const writtenEnforcement: fc.Arbitrary<WrittenEnforcement> = fc.oneof(
  action,
  fc.record(enforcementFields, { requiredKeys: [], noNullPrototype: true }),
);
/** Namespaces and patterns over them. */
export const namespacePatterns = ["shop", "shop-*", "*"];
const gateRules = { ...enforcementFields, unknown: action };
export const writtenGate = fc.oneof(
  action,
  fc.record(
    {
      ...gateRules,
      namespaces: fc.dictionary(
        fc.constantFrom(...namespacePatterns),
        fc.oneof(action, fc.record(gateRules, { requiredKeys: [], noNullPrototype: true })),
        { noNullPrototype: true },
      ),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
);
const podSecurityLevel = fc.constantFrom("privileged" as const, "baseline" as const, "restricted" as const);
const writtenPodSecurity = fc.dictionary(
  fc.constantFrom(...namespacePatterns),
  fc.oneof(podSecurityLevel, fc.record({ level: podSecurityLevel, version: fc.constantFrom("latest", "v1.25") })),
  { noNullPrototype: true },
);
const admission = {
  environments: fc.constant({}),
  pin: fc.constantFrom("off" as const, "pods" as const, "all" as const),
  deadlineSeconds: fc.integer({ min: 1, max: 29 }),
  outageHours: fc.integer({ min: 0, max: 168 }),
  probe: fc.record({ unsigned: fc.constant("registry.example.com/probe:1") }, { requiredKeys: [] }),
};
const gateAction = fc.record(gateRules, { requiredKeys: [], noNullPrototype: true });
const writtenRegistryGate = fc.oneof(
  action,
  fc.record(
    { pull: fc.oneof(action, gateAction), push: fc.oneof(action, gateAction), unknown: action },
    { requiredKeys: [], noNullPrototype: true },
  ),
);
const breakGlass = fc.array(
  fc.record({
    images: fc.subarray(["shop/api", "shop/**"], { minLength: 1 }),
    principals: fc.subarray(["robot:ci", "user:*"], { minLength: 1 }),
    reason: fc.constant("r"),
    owner: fc.constant("o"),
    until: fc.constantFrom("2025-06-15T12:00:00Z", "2025-06-15T18:00:00Z"),
  }),
  { maxLength: 2 },
);
const pull = fc.record(
  {
    repositories: patterns,
    scannedWithinDays: fc.integer({ min: 1, max: 20 }),
    signed: fc.boolean(),
    maxAgeDays: fc.integer({ min: 1, max: 20 }),
    graceDays: days,
    deadlineSeconds: fc.integer({ min: 1, max: 30 }),
    askAt: fc.constantFrom("https://ask.example.com", "the platform team"),
  },
  { requiredKeys: ["repositories", "scannedWithinDays", "signed", "graceDays", "deadlineSeconds"] },
);
const tags = fc.uniqueArray(fc.constantFrom("v*", "v1", "latest", "shop/**:v*", "shop/api:v?"), { maxLength: 3 });
const pushed = {
  immutableTags: tags,
  mutableTags: tags,
  push: fc.record({
    repositories: patterns,
    mediaTypes: patterns,
    maxManifestBytes: fc.integer({ min: 1_024, max: 9_999 }),
    maxLayerBytes: fc.integer({ min: 1_024, max: 9_999 }),
    maxImageBytes: fc.integer({ min: 1_024, max: 9_999 }),
  }),
  deletes: fc.constantFrom("allow" as const, "unused" as const, "deny" as const),
  quarantine: patterns,
};
const cidrs = fc.subarray(["10.0.0.0/8", "fd00::/48"]);
const packageNames = fc.subarray(["left-pad", "@acme/*", "npm:esbuild"]);
const more = {
  licenses: fc.record({ allow: patterns, deny: patterns, unknown: fc.constantFrom(...unknownLicenses) }),
  dependencies: fc.record({
    cooldownDays: days,
    cooldownExempt: packageNames,
    sources: fc.subarray(["registry.npmjs.org", "https://npm.acme.example/", "https://npm.acme.example/web/"]),
    gitSources: fc.subarray(["github.com/acme/*", "github.com/acme/api"]),
    privateNames: fc.array(
      fc.record({
        name: fc.constantFrom("@acme/*", "@acme/api"),
        registry: fc.constantFrom("npm.acme.example", "npm.other.example"),
      }),
      { maxLength: 2 },
    ),
    installScripts: packageNames,
    tinyPackageLines: days,
    allowDeprecated: packageNames,
  }),
  registries: patterns,
  exclude: patterns,
  bases: fc.record({ accept: fc.subarray([...baseKinds], { minLength: 1 }) }),
  rebuild: fc.record({ maxAgeDays: days }),
  pipelines: fc.record({
    actions: fc.record({ allow: patterns, deny: patterns }),
    includes: fc.record({ allow: patterns }),
  }),
  secrets: fc.record({ rules: patterns }),
  rotation: fc.record({
    secrets: fc.record(
      {
        maxAgeDays: days,
        types: fc.dictionary(fc.constantFrom("Opaque", "kubernetes.io/tls"), days),
        namespaces: fc.dictionary(fc.constantFrom("shop", "shop-*"), days),
        store: fc.constantFrom("ClusterSecretStore/prod", "SecretStore/shop"),
      },
      { requiredKeys: [] },
    ),
  }),
  cluster: fc.record(
    {
      cni: fc.constantFrom("cilium" as const, "calico", "none"),
      podCIDRs: cidrs,
      serviceCIDRs: cidrs,
      nodeCIDRs: cidrs,
    },
    { requiredKeys: ["podCIDRs", "serviceCIDRs", "nodeCIDRs"] },
  ),
  network: fc.record(
    {
      egress: fc.array(
        fc.record({
          from: fc.constantFrom("shop/api", "shop/*"),
          to: fc.subarray(["a.example.com", "a.example.com:443", "*.example.com", "10.0.0.0/8"], { minLength: 1 }),
        }),
        { maxLength: 2 },
      ),
      intended: fc.constantFrom("a.txt", "b.txt"),
      mesh: fc.record({ mtls: fc.constantFrom("optional" as const, "strict") }),
    },
    { requiredKeys: ["egress", "mesh"] },
  ),
  runtime: fc.record({
    rules: fc.subarray(["bulkhead", "a.yaml"], { minLength: 1 }),
    optional: fc.subarray(["Rule a", "Rule b"]),
    proofDays: days,
    observedDays: days,
    outputs: fc.array(
      fc.record({ to: fc.constantFrom("file:/a", "https://a.example.com/"), severity: fc.constantFrom("high", "low") }),
      { maxLength: 2 },
    ),
    respond: fc.constantFrom(...respondModes),
    responses: fc.array(
      fc.record({
        rules: fc.subarray(["Rule a", "Rule *"], { minLength: 1 }),
        do: fc.subarray([...responseActions], { minLength: 1 }),
      }),
      { maxLength: 2 },
    ),
    exempt: fc.constantFrom([], [{ workload: "shop/**", reason: "r" }]),
    notExempt: fc.constantFrom([], [{ workload: "kube-system/Deployment/dns", reason: "r" }]),
    responseLimits: fc.record({ rule: limits, workload: limits, node: limits, minutes: limits }),
  }),
  exceptionLimits: fc.record({ maxDays: days, maxFlaws: days, broad: fc.constantFrom("allow" as const, "report") }),
};
const signerNames = fc.constantFrom("release", "security");
const signer = fc.constantFrom<object>(
  { key: "a.pub" },
  { key: "b.pub" },
  { identity: "https://github.com/shop/api/w.yml@refs/tags/*", issuer: "https://issuer.example.com" },
);
/** As a file states it. */
const writtenTrust = fc.record(
  {
    roots: fc.subarray(["public-good", "github", { ca: "ca.pem" }]),
    signers: fc.dictionary(signerNames, signer, { noNullPrototype: true }),
    builders: fc.array(
      fc.record({
        signer: signerNames,
        ids: fc.subarray(["https://b.example.com/*", "https://b.example.com/1"], { minLength: 1 }),
        level: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 2 },
    ),
    images: fc.array(
      fc.record({
        match: fc.constantFrom("registry.example.com/**", "registry.example.com/shop/api"),
        signedBy: fc.record({ of: fc.subarray(["release", "security"], { minLength: 1 }) }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const trust = writtenTrust.map(
  (written: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      (["roots", "signers", "builders", "images"] as const).map((name) => {
        const { read, initial } = settingOf(`trust.${name}`);
        const value = written[name];
        return [name, value === undefined ? initial : (read?.(value as never, String, () => source) ?? value)];
      }),
    ) as unknown as Policy["trust"],
);
/** Of a guarded registry: who may, and what stands for other registries. */
const registry = {
  access: fc.array(
    fc.record({
      who: fc.subarray(["anonymous", "user:alice", "user:*", "github:shop/*"], { minLength: 1 }),
      repositories: fc.subarray(["shop/**", "shop/api", "shop/*"], { minLength: 1 }),
      actions: fc.subarray([...accessActions], { minLength: 1 }),
    }),
    { maxLength: 3 },
  ),
  identities: fc.constant([]),
  exempt: fc.subarray(["robot:scanner", "robot:*", "user:alice"]),
  environments: fc.constant({}),
  upstreams: fc.constant({}),
};
const otherThresholds = Object.fromEntries(
  categories.slice(2).map((category) => [categoryKeys[category], fc.record({ severity })]),
);
export const trustedPolicy: fc.Arbitrary<Policy> = fc.record({
  ...more,
  trust,
  enforcement: fc.tuple(writtenEnforcement, writtenGate, writtenRegistryGate).map(([ci, gate, registry]) => ({
    ci: settingOf("enforcement.ci").read?.(ci as never, String, () => source) ?? denyAll,
    admission: settingOf("enforcement.admission").read?.(gate as never, String, () => source) ?? denyAtGate,
    registry:
      settingOf("enforcement.registry").read?.(registry as never, String, () => source) ??
      defaultPolicy.enforcement.registry,
  })),
  registry: fc.record({
    ...registry,
    ...pushed,
    pull,
    breakGlass: breakGlass.map(
      (written) => settingOf("registry.breakGlass").read?.(written as never, String, () => source) ?? [],
    ),
  }),
  admission: fc.record({
    ...admission,
    podSecurity: writtenPodSecurity.map(
      (written) =>
        settingOf("admission.podSecurity").read?.(written as never, String, () => source) ?? {
          levels: {},
          atLeast: [],
        },
    ),
  }),
  thresholds: fc.record(
    {
      vulnerability: fc.record({ severity, fixableOnly: fc.boolean(), exploited: fc.boolean() }),
      configuration: fc.record({ severity, fixableOnly: fc.constant(false) }),
      secret: fc.record({ severity, fixableOnly: fc.constant(false) }),
      network: fc.record({ severity, fixableOnly: fc.constant(false) }),
    },
    { requiredKeys: ["vulnerability", "configuration"], noNullPrototype: true },
  ),
  unknownSeverity: anySeverity,
  advisories: fc.record({ maxAgeDays: fc.nat(20) }),
  exceptions,
  unknown: fc.constant([]),
  origin: fc.constant(strict.origin),
});
export const treePolicy: fc.Arbitrary<StatedPolicy> = fc
  .tuple(
    fc.record(
      {
        thresholds: fc.record(
          {
            vulnerabilities: fc.record(
              { severity, fixableOnly: fc.boolean(), exploited: fc.boolean() },
              { requiredKeys: [] },
            ),
            configuration: fc.record({ severity }, { requiredKeys: [] }),
            ...otherThresholds,
          },
          { requiredKeys: [] },
        ),
        enforcement: fc.record(
          { ci: writtenEnforcement, admission: writtenGate, registry: writtenRegistryGate },
          { requiredKeys: [] },
        ),
        registry: fc.record({ ...registry, ...pushed, pull, breakGlass }, { requiredKeys: [] }),
        admission: fc.record({ ...admission, podSecurity: writtenPodSecurity }, { requiredKeys: [] }),
        unknownSeverity: anySeverity,
        advisories: fc.record({ maxAgeDays: fc.nat(20) }, { requiredKeys: [] }),
        ...more,
        trust: writtenTrust,
      },
      { requiredKeys: [] },
    ),
    exceptions,
  )
  .map(([file, own]) => tree(file, own));
