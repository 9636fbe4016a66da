import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inProcess } from "../in-process.ts";
import { manifests, shopFolder, workplace } from "./commands.fixture.ts";

interface Document {
  readonly schema: string;
  readonly enforced: string;
  readonly endpoints: readonly { readonly name: string; readonly kind: string; readonly ingress?: string }[];
  readonly groups: readonly (readonly number[])[];
  readonly connections: readonly {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly allowed: readonly { readonly protocol: string; readonly first: number; readonly last: number }[];
    readonly unknown: readonly unknown[];
  }[];
  readonly exposures: readonly { readonly by: string; readonly targets: readonly unknown[] }[];
}

test("the insecure shop: everything is open, in one line", async () => {
  using place = workplace();
  const { code, stdout } = await place.network("map", shopFolder("insecure"));
  assert.equal(code, 0);
  assert.match(stdout, /✗ every pod takes and makes every connection: there are no policies/);
  assert.match(stdout, /WHO REACHES WHOM\n {2}every pod → every pod {2}all ports\n/);
  assert.match(stdout, /OUT OF THE CLUSTER\n {2}every pod → everything outside {2}all ports\n/);
});

test("the hardened shop: the intended edges, and no others", async () => {
  using place = workplace();
  const { code, stdout } = await place.network("map", shopFolder("hardened"), "--cni", "cilium");
  assert.equal(code, 0);
  assert.match(stdout, /✓ 3 restricted in both/);
  assert.match(stdout, /WHO REACHES WHOM\n {2}shop\/web → shop\/api {2}TCP 3000\n\n/);
});

test("JSON holds every connection, and flat the same, one a line", async () => {
  using place = workplace();
  const file = place.write(
    "a.yaml",
    manifests.pods(["web", "api", "db"]) + manifests.denyAll + manifests.allow("web", "api"),
  );
  const json = join(place.path, "map.json");
  const flat = join(place.path, "map.jsonl");
  const { code, stdout } = await place.network(
    "map",
    file,
    "--cni",
    "calico",
    "--format",
    `json=${json}`,
    "--format",
    `flat=${flat}`,
  );
  assert.equal(code, 0);
  assert.equal(stdout, "");
  const document = JSON.parse(readFileSync(json, "utf8")) as Document;
  assert.equal(document.schema, "bulkhead-network-v1");
  assert.equal(document.enforced, "yes");
  const name = (index: number) => document.endpoints[index]?.name ?? "";
  const expanded = document.connections.flatMap(({ from, to, allowed, unknown }) =>
    from
      .flatMap((source) => document.groups[source] ?? [])
      .flatMap((source) =>
        to
          .flatMap((target) => document.groups[target] ?? [])
          .map((target) => JSON.stringify({ from: name(source), to: name(target), allowed, unknown })),
      ),
  );
  const lines = readFileSync(flat, "utf8").trimEnd().split("\n");
  assert.deepEqual(expanded.sort(), lines.sort());
  const between = lines.map((line) => JSON.parse(line) as { from: string; to: string; allowed: unknown[] });
  const pods = between.filter(
    ({ from, to, allowed }) => from.startsWith("a/") && to.startsWith("a/") && allowed.length > 0,
  );
  assert.deepEqual(pods, [
    {
      from: "a/Deployment/web",
      to: "a/Deployment/api",
      allowed: [{ protocol: "TCP", first: 8080, last: 8080 }],
      unknown: [],
    },
  ]);
});

test("only what is asked for", async () => {
  using place = workplace();
  const file = place.write("a.yaml", manifests.pods(["web", "api", "db"]));
  const map = async (...words: string[]) => (await place.network("map", file, ...words)).stdout;
  assert.match(
    await map("--from", "a/web", "--to", "{a/api, a/db}"),
    /WHO REACHES WHOM\n {2}a\/web → a\/\{api, db\} {2}all ports\n$/,
  );
  assert.match(
    await map("--to", "metadata"),
    /OUT OF THE CLUSTER\n {2}every pod → (?:metadata services|169\.254\.169\.254) {2}all ports\n$/,
  );
  const focus = await map("--focus", "a/db", "--format", "flat");
  assert.ok(focus.split("\n").every((line) => line === "" || line.includes("a/Deployment/db")));
  const { code, stderr } = await place.network("map", file, "--focus", "a/dbb");
  assert.equal(code, 2);
  assert.match(stderr, /--focus a\/dbb: nothing is called a\/dbb \(did you mean a\/db\?\)/);
});

test("what is exposed, and what it reaches", async () => {
  using place = workplace();
  const service =
    "---\napiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: a }\nspec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80, targetPort: http }] }\n";
  const file = place.write("a.yaml", manifests.pods(["web", "api"]) + service);
  const { stdout } = await place.network("map", file, "--exposed");
  assert.match(stdout, /1 workload is exposed to the internet/);
  assert.match(stdout, /internet +→ a\/web {2}TCP 8080 · Service a\/web \(TCP 80\)/);
  assert.doesNotMatch(stdout, /a\/api +→/);
});

test("what cannot be read is named, and stops nothing", async () => {
  using place = workplace();
  place.write("a.yaml", manifests.pods(["web"]));
  place.write("b.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: [\n");
  const { code, stdout } = await place.network("map");
  assert.equal(code, 0);
  assert.match(stdout, /NOT READ, OR WITHOUT EFFECT \(1\)\n {2}b\.yaml:\d/);
});

test("a name that another format would act on stays a name", async () => {
  using place = workplace();
  const evil = 'x"]; click n0 "javascript:alert(1)" %%<script>';
  place.write(
    "a.json",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: evil, namespace: "a" },
      spec: { containers: [] },
    }),
  );
  const { stdout: mermaid } = await place.network("map", ".", "--format", "mermaid");
  assert.match(mermaid, /n0\["a\/x#34;#93;#59; click n0 #34;javascript:alert#40;1#41;#34; #37;#37;#60;script#62;"\]/);
  const page = join(place.path, "map.html");
  assert.equal((await place.network("map", ".", "--format", `html=${page}`)).code, 0);
  assert.doesNotMatch(readFileSync(page, "utf8"), /<script/);
});

test("manifests from standard input are not a directory's, and a format that is none is told", async () => {
  using place = workplace();
  const wrong = await place.network("map", ".", "--format", "mermiad");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /unknown format \(did you mean mermaid\?/);
  const cni = await place.network("map", ".", "--cni", "celium");
  assert.equal(cni.code, 2);
  assert.match(cni.stderr, /unknown CNI \(did you mean cilium\?/);
});

test("check's page has the picture too, and still asks for nothing", async () => {
  using place = workplace();
  const page = join(place.path, "check.html");
  place.write("a.yaml", manifests.pods(["web", "api"]));
  await inProcess(["check", ".", "--no-cache", "--format", `html=${page}`], { cwd: place.path, home: place.path });
  const html = readFileSync(page, "utf8");
  assert.match(html, /<h2>Network<\/h2>[\s\S]*<div class="diagram"><svg role="img"/);
  assert.match(html, /every pod takes and makes every connection/);
  assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ""), /<[^>]* (?:style|on[a-z]+|src|href)=/i);
});
