/** `check` over the hardened shop's manifests, and over what somebody made of them: which change fails by which check. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inProcess } from "../in-process.ts";

const shop = join(import.meta.dirname, "../../examples/shop/hardened/kubernetes");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-network-check-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const facts = "cluster: { cni: cilium, podCIDRs: [10.244.0.0/16], nodeCIDRs: [10.20.1.0/24] }\n";
/** What is about the network alone counts, whatever its severity. */
const onlyNetwork = `apiVersion: bulkhead/v1
thresholds: { network: { severity: low } }
enforcement: { ci: { default: audit, categories: { network: deny } } }
`;

interface Run {
  readonly code: number | null;
  /** Checks over the network that fail, and of the unknown ones why. */
  readonly failing: readonly string[];
  readonly unknown: readonly string[];
  readonly controls: Readonly<Record<number, string>>;
  readonly stderr: string;
}

type Files = Readonly<Record<string, string>>;
let count = 0;

/** The shop with further and changed files: by their names below it. */
async function checked(files: Files, options: { readonly policy?: string; readonly own?: string } = {}): Promise<Run> {
  const { policy = onlyNetwork + facts, own } = options;
  const base = join(folder, String(count++));
  const tree = join(base, "tree");
  cpSync(shop, join(tree, "kubernetes"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, "kubernetes", name), text);
  if (own !== undefined) writeFileSync(join(tree, "bulkhead.yaml"), own);
  mkdirSync(join(base, "trusted"));
  if (policy !== "") writeFileSync(join(base, "trusted", "bulkhead.yaml"), policy);
  const named = policy === "" ? [] : ["--policy", join(base, "trusted", "bulkhead.yaml")];
  const { code, stdout, stderr } = await inProcess(
    ["check", tree, ...named, "--no-secrets", "--quiet", "--now", "2026-01-02T00:00:00Z", "--format", "json"],
    { cwd: base, home: base },
  );
  if (stdout === "") return { code, failing: [], unknown: [], controls: {}, stderr };
  const report = JSON.parse(stdout) as {
    evaluations: { check: string; verdict: string; reason: string }[];
    controls: { number: number; verdict: string }[];
  };
  const own6 = report.evaluations.filter(({ check }) => check.startsWith("network/"));
  return {
    code,
    failing: own6.flatMap(({ check, verdict }) => (verdict === "fail" ? [check.slice("network/".length)] : [])),
    unknown: own6.flatMap(({ check, verdict, reason }) => (verdict === "unknown" ? [`${check}: ${reason}`] : [])),
    controls: Object.fromEntries(report.controls.map(({ number, verdict }) => [number, verdict])),
    stderr,
  };
}

const original = (name: string) => readFileSync(join(shop, name), "utf8");
/** A file of the shop with one text in the place of another, which must be there. */
function changed(name: string, from: string, to: string): Files {
  assert.ok(original(name).includes(from), `${name}: ${from}`);
  return { [name]: original(name).replace(from, to) };
}

const policyOf = (spec: string, name = "extra") =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n`;
const worker = "podSelector: { matchLabels: { app.kubernetes.io/name: worker } }";
const other = `apiVersion: v1
kind: Namespace
metadata: { name: other, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Pod
metadata: { name: x, namespace: other }
spec: { containers: [{ name: x, image: x }] }
---
`;
const istio = (kind: string, spec: string, group = "security.istio.io/v1") =>
  `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: extra, namespace: shop }\nspec: ${spec}\n`;

test("the shop as it is passes every check over the network, and controls 6 and 10", async () => {
  const { code, failing, unknown, controls } = await checked({});
  assert.deepEqual([failing, unknown, code], [[], [], 0]);
  assert.deepEqual([controls[6], controls[10]], ["pass", "pass"]);
});

const anywhere = "0.0.0.0/0";
const service =
  "apiVersion: v1\nkind: Service\nmetadata: { name: open, namespace: shop }\nspec: { type: LoadBalancer, selector: { app.kubernetes.io/name: worker }, ports: [{ port: 5432 }] }\n";
const everyNamespace = "from: [{ namespaceSelector: {} }], ports: [{ port: 9090 }]";

/** What is changed, and the checks that must find it, whatever else does. */
const cases: readonly {
  readonly what: string;
  readonly files: Files;
  readonly finds: readonly string[];
  readonly policy?: string;
}[] = [
  {
    what: "no network policies",
    files: { "network.yaml": "" },
    finds: ["default-deny-missing", "open-egress", "metadata-service-reachable"],
  },
  {
    what: "rules that allow everything",
    files: {
      "in.yaml": policyOf(`{ ${worker}, ingress: [{}], policyTypes: [Ingress] }`, "in"),
      "out.yaml": policyOf(
        `{ ${worker}, egress: [{ to: [{ ipBlock: { cidr: ${anywhere} } }] }], policyTypes: [Egress] }`,
      ),
    },
    finds: ["default-deny-missing", "open-egress", "metadata-service-reachable"],
  },
  {
    what: "other namespaces, the internet and no mesh",
    files: {
      "mesh.yaml": "",
      "service.yaml": service,
      "in.yaml": policyOf(`{ ${worker}, ingress: [{ ports: [{ port: 5432 }] }], policyTypes: [Ingress] }`, "in"),
      "extra.yaml": other + policyOf(`{ podSelector: {}, ingress: [{ ${everyNamespace} }], policyTypes: [Ingress] }`),
      ...changed("namespace.yaml", "    istio-injection: enabled\n", ""),
    },
    finds: ["cross-namespace-reach", "exposed-port", "workload-outside-mesh"],
  },
  {
    what: "policies without effect, and none for DNS",
    files: {
      ...withoutDns(),
      "gone.yaml": policyOf("{ podSelector: { matchLabels: { app: gone } } }", "gone"),
      "twice.yaml": policyOf("{ podSelector: {}, policyTypes: [Ingress, Egress] }", "twice"),
      "typo.yaml": policyOf(
        `{ ${worker}, ingress: [{ from: [{ podSelector: { matchLabels: { app: typo } } }] }] }`,
        "typo",
      ),
    },
    finds: ["dns-cut-off", "policy-selects-nothing", "policy-shadowed", "policy-unknown-name"],
  },
  {
    what: "a policy that the API refuses",
    files: { "extra.yaml": policyOf(`{ ${worker}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/40 } }] }] }`) },
    finds: ["policy-not-evaluated"],
  },
  {
    what: "a CNI that enforces nothing",
    files: {},
    finds: ["default-deny-missing", "policy-not-enforced"],
    policy: `${onlyNetwork}cluster: { cni: none }\n`,
  },
  {
    what: "a mesh that takes plaintext and everyone",
    files: {
      ...changed("mesh.yaml", "mode: STRICT", "mode: PERMISSIVE"),
      "everyone.yaml": istio("AuthorizationPolicy", "{ rules: [{}] }"),
      "void.yaml": istio("AuthorizationPolicy", "{ selector: { matchLabels: { app: gone } }, rules: [{}] }"),
      "plain.yaml": istio(
        "DestinationRule",
        "{ host: api.shop.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }",
        "networking.istio.io/v1",
      ),
    },
    finds: ["mesh-authorization-open", "mesh-policy-without-effect", "mtls-not-strict", "plaintext-in-mesh"],
  },
];

for (const { what, files, finds, policy } of cases) {
  test(`${what}: exit code 1 by ${finds.join(", ")}`, async () => {
    const { code, failing, stderr } = await checked(files, policy === undefined ? {} : { policy });
    assert.deepEqual(
      finds.filter((check) => !failing.includes(check)),
      [],
      `${failing.join(", ")} ${stderr}`,
    );
    assert.equal(code, 1);
  });
}

test("a mesh's policy that selects no workload is told where all were read", async () => {
  const gone = {
    "void.yaml": istio("AuthorizationPolicy", "{ selector: { matchLabels: { app: gone } }, rules: [{}] }"),
  };
  const { failing } = await checked(gone);
  assert.ok(failing.includes("mesh-policy-without-effect"), failing.join(", "));
  const unread = "resources: [void.yaml]\nlabels: [{ pairs: { app: gone }, includeSelectors: true }]\n";
  const { failing: others } = await checked({ ...gone, "kustomization.yaml": unread });
  assert.ok(!others.includes("mesh-policy-without-effect"), others.join(", "));
});

/** The policy that lets every pod ask DNS is the second of its file. */
function withoutDns(): Files {
  const documents = original("network.yaml").split("\n---\n");
  return { "network.yaml": documents.filter((text) => !text.includes("name: dns\n")).join("\n---\n") };
}

test("ambient's port, cut by policies of the application's ports", async () => {
  const ztunnel =
    "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: ztunnel, namespace: istio-system }\nspec: { selector: { matchLabels: { app: ztunnel } }, template: { metadata: { labels: { app: ztunnel } }, spec: { containers: [{ name: istio-proxy, image: ztunnel }] } } }\n";
  const { failing } = await checked({
    ...changed("namespace.yaml", "istio-injection: enabled", "istio.io/dataplane-mode: ambient"),
    "ztunnel.yaml": ztunnel,
  });
  assert.ok(failing.includes("mesh-port-cut-off"), failing.join(", "));
});

test("assertions of a trusted policy are held, and are read beside it", async () => {
  const intended = join(folder, "intended.txt");
  writeFileSync(intended, "deny shop/* -> internet\nallow shop/web -> shop/api:3000\n");
  const policy = `${onlyNetwork}${facts}network: { intended: ${intended} }\n`;
  assert.deepEqual((await checked({}, { policy })).code, 0);
  writeFileSync(intended, "allow shop/web -> shop/worker:80\n");
  const { code, failing } = await checked({}, { policy });
  assert.deepEqual([code, failing], [1, ["assertion-violated"]]);
  writeFileSync(intended, "allow shop/web -> shop/nobody\n");
  const { unknown } = await checked({}, { policy });
  assert.match(unknown.join("\n"), /network\/assertion-violated: .*intended\.txt:1: nothing is called shop\/nobody/);
  rmSync(intended);
  assert.deepEqual((await checked({}, { policy })).code, 2);
});

test("what the scanned directory's own policy says of the cluster makes no pass", async () => {
  const { code, failing, unknown, controls } = await checked({}, { policy: "", own: onlyNetwork + facts });
  assert.deepEqual([failing, code, controls[6]], [[], 3, "unknown"]);
  assert.match(
    unknown.join("\n"),
    /network\/default-deny-missing: cluster\.cni is stated by the scanned directory's own policy/,
  );
  const none = await checked({}, { policy: "", own: `${onlyNetwork}cluster: { cni: none }\n` });
  assert.deepEqual([none.code, none.controls[6]], [1, "fail"]);
});

test("under a trusted policy the directory's own adds no fact and no destination, and may ask for more", async () => {
  const out = {
    "extra.yaml": policyOf(
      `{ ${worker}, egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [169.254.0.0/16] } }] }], policyTypes: [Egress] }`,
    ),
  };
  const own = `apiVersion: bulkhead/v1\n${facts}network: { egress: [{ from: "shop/*", to: [0.0.0.0/0] }], mesh: { mtls: optional } }\n`;
  const without = await checked(out, { policy: onlyNetwork, own });
  assert.ok(without.failing.includes("open-egress"), without.failing.join(", "));
  assert.equal(without.controls[6], "fail");
  const closed = await checked({}, { policy: onlyNetwork, own });
  assert.deepEqual([closed.code, closed.controls[6]], [3, "unknown"]);
  assert.match(closed.unknown.join("\n"), /no CNI is known to enforce network policies/);
  const stated = await checked(out, {
    policy: `${onlyNetwork}${facts}network: { egress: [{ from: shop/worker, to: [0.0.0.0/0] }] }\n`,
  });
  assert.ok(!stated.failing.includes("open-egress"), stated.failing.join(", "));
});

test("a directory without pods says nothing of the network", async () => {
  const base = join(folder, "empty");
  mkdirSync(join(base, "tree"), { recursive: true });
  writeFileSync(join(base, "tree", "policy.yaml"), policyOf("{ podSelector: {} }"));
  const { stdout } = await inProcess(["check", "tree", "--no-secrets", "--quiet", "--format", "json"], {
    cwd: base,
    home: base,
  });
  const report = JSON.parse(stdout) as {
    evaluations: { check: string }[];
    controls: { number: number; reason: string }[];
  };
  assert.deepEqual(
    report.evaluations.filter(({ check }) => check.startsWith("network/")),
    [],
  );
  assert.match(report.controls[5]?.reason ?? "", /^no namespaces found/);
});
