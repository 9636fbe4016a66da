import assert from "node:assert/strict";
import { mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { looksLikeManifest, looksLikeObjects } from "./manifest-text.ts";

const POD = "metadata:\n  name: web\nspec:\n  hostPID: true\n";
const wide = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

describe("an object is seen in whatever form its keys are written", () => {
  const forms: Readonly<Record<string, string | Buffer>> = {
    plain: `apiVersion: v1\nkind: Pod\n${POD}`,
    "an escape of two digits": `apiVersion: v1\n"\\x6bind": Pod\n${POD}`,
    "of four": `{"apiVersion": "v1", "\\u006bind": "Pod"}`,
    "of eight": `"\\U00000061piVersion": v1\nkind: Pod\n`,
    "all letters": `"\\x6b\\x69\\x6e\\x64": Pod\n"\\x61\\x70iVersion": v1\n`,
    "a line break that is escaped": 'apiVersion: v1\n? "ki\\\n  nd"\n: Pod\n',
    "of Windows": 'apiVersion: v1\r\n? "ki\\\r\n\t nd"\r\n: Pod\r\n',
    "behind backslashes of others": `path: C:\\\nother: 'a\\'\n"\\x6bind": Pod\napiVersion: v1\n`,
    "binary texts": "!!binary a2luZA==: Pod\napiVersion: v1\n",
    "with breaks in them": '!!binary "a2l\\nuZB==": Pod\n!!binary YXBpVmVyc2lvbg==: v1\n',
    "UTF-16": wide(`apiVersion: v1\nkind: Pod\n${POD}`),
    "UTF-16, the other way round": wide(`apiVersion: v1\nkind: Pod\n${POD}`).swap16(),
    "UTF-16 with an escape": wide('apiVersion: v1\n"\\x6bind": Pod\n'),
    "UTF-16 of which a reader of bytes loses half a character": Buffer.concat([
      wide("# \u0a0d"),
      Buffer.from([0x0a]),
      Buffer.from("apiVersion: v1\nkind: Pod\n", "utf16le"),
    ]),
    "without an apiVersion, which the first group needs none of": `kind: Pod\n${POD}`,
    "so in a list": "kind: List\nitems:\n- kind: Pod\n",
    "so, with an escape": `"\\x6bind": "\\x50od"\n${POD}`,
    "so, what cannot be read": "kind: Pod\nspec: {\n",
    "indented as a whole": `  apiVersion: v1\n  kind: Pod\n  metadata: {name: web}\n`,
    "in capitals, indented": "  APIVERSION: v1\n  KIND: Pod # kind apiVersion\n",
    "as JSON": JSON.stringify({ apiVersion: "v1", kind: "Pod" }, undefined, 2),
    "by an anchor": "a: &a {apiVersion: v1, kind: Pod}\n---\n<<: {apiVersion: v1, kind: Pod}\n",
    "behind a document of something else": `on: push\n---\n {apiVersion: v1, kind: Pod}\n`,
    "what cannot be read, with both": "a: {\n  apiVersion: v1\n  kind: Pod\n",
  };
  for (const [name, form] of Object.entries(forms)) {
    test(name, () => assert.equal(looksLikeObjects(Buffer.from(form)), true));
  }
});

describe("what no reader takes for an object is none", () => {
  const forms: Readonly<Record<string, string | Buffer>> = {
    "no kind": '{"apiVersion": "v1", "a": "\\u00e9\\n"}',
    "no apiVersion, and a kind of no first group": "kind: pipeline\nname: default\n",
    "a kind that is no key of the root": '{"a": [{"kind": "Pod"}]}',
    "escapes of other letters": '{"\\u006bin": "Pod", "apiVersion": 1}',
    "UTF-16": wide("name: web\n"),
    tags: "Resources: !Ref a2luZA\n",
    "a workflow with a manifest in a heredoc":
      "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          kubectl apply -f - <<EOF\n          apiVersion: v1\n          kind: Pod\n          EOF\n",
    "a chart's values with a manifest in a text": "extra: |\n  apiVersion: v1\n  kind: ConfigMap\nimage: {tag: v1}\n",
    "the description of an interface": JSON.stringify({ definitions: { Pod: { apiVersion: "", kind: "" } } }),
    "a list of objects in JSON": JSON.stringify([{ apiVersion: "v1", kind: "Pod" }]),
    empty: "",
  };
  for (const [name, form] of Object.entries(forms)) {
    test(name, () => assert.equal(looksLikeObjects(Buffer.from(form)), false));
  }
});

describe("a file over the bound of one reading", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-manifest-text-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  /** Sparse: white space of no bytes but zeroes. */
  function long(name: string, text: string, at: number): string {
    const file = join(folder, name);
    writeFileSync(file, "");
    truncateSync(file, kubernetesBounds.kubernetesFileBytes + 1024);
    writeSync(openSync(file, "r+"), text, at);
    return file;
  }
  const MIB = 1024 * 1024;
  test("counts where its words are, across pieces too", () => {
    assert.equal(looksLikeManifest(long("a.json", '"apiVersion": "v1", "kind": "Pod"', 3 * MIB - 5)), true);
    assert.equal(looksLikeManifest(long("b.json", '"\\u006bind": "Pod"', 5 * MIB - 3)), true);
  });
  test("counts if its name says YAML", () => assert.equal(looksLikeManifest(long("c.yaml", "a", 0)), true));
  test("else it does not", () => assert.equal(looksLikeManifest(long("d.json", '{"a": "\\u00e9"}', 9)), false));
  test("what cannot be opened counts", () => assert.equal(looksLikeManifest(join(folder, "none.json")), true));
});
