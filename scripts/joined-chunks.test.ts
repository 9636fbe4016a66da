import assert from "node:assert/strict";
import { test } from "node:test";
import { runInThisContext } from "node:vm";
import { joinChunks } from "./joined-chunks.ts";

type Chunks = Readonly<Record<string, string>>;

const joined = (chunks: Chunks): string =>
  joinChunks(
    Object.entries(chunks).map(([name, text]) => ({ path: `/made/${name}.js`, text })),
    ({ path }) => path.endsWith("/first.js"),
  );

const run = (chunks: Chunks, told: string[] = []): Record<string, unknown> => {
  const module = { exports: {} };
  const require = (name: string) => (name === "node:told" ? told : process.getBuiltinModule(name));
  runInThisContext(joined(chunks))(require, module, module.exports);
  return module.exports;
};

test("a chunk takes what others export under the names that both have for it", () => {
  const chunks = {
    other: "var a=1;function b(){return a+1}class c{}export{a as default,b as two,c};",
    first: `import one,{two as own,c}from"./other.js";import*as all from"./other.js";import fs,{existsSync as there}from"node:fs";
      export{one,own,c,all,fs,there as d};`,
  };
  const { one, own, c, all, fs, d } = run(chunks) as Record<string, () => unknown>;
  assert.deepEqual([one, own?.(), typeof c], [1, 2, "function"]);
  assert.deepEqual(Object.keys(all ?? {}), ["default", "two", "c"]);
  assert.equal(fs, process.getBuiltinModule("node:fs"));
  assert.equal(d, process.getBuiltinModule("node:fs").existsSync);
});

test("each is run once, those that it imports before it, and those on demand when they are asked for", async () => {
  const told: string[] = [];
  const tell = (name: string) => `import told from"node:told";told.push("${name}");`;
  const chunks = {
    demanded: `import"./common.js";${tell("demanded")}var a=3;export{a};`,
    first: `${tell("first")}import"./common.js";function ask(){return import("./demanded.js")}export{ask};`,
    common: tell("common"),
  };
  const { ask } = run(chunks, told) as { ask: () => Promise<object> };
  assert.deepEqual(told, ["common", "first"]);
  const asked = ask();
  assert.equal(told.length, 2);
  assert.deepEqual(await asked, { a: 3 });
  assert.equal(await ask(), await asked);
  assert.deepEqual(told, ["common", "first", "demanded"]);
});

test("what is imported on demand and is no chunk is left to whoever runs the script", () => {
  const text = joined({ first: 'function ask(){return import("./elsewhere.js")}export{ask};var said="./first.js";' });
  assert.match(text, /return import\("\.\/elsewhere\.js"\)/);
  assert.match(text, /var said="\.\/first\.js"/);
});

for (const [what, text] of Object.entries({
  "what changes what it exports": "var a=1;function b(){a=2}export{a,b};",
  "what counts in what it exports": "var a=1;function b(){a++}export{a,b};",
  "what asks for its address": "var a=import.meta.url;export{a};",
  "an export of another module": 'export*from"./other.js";',
  "an export that is declared so": "export var a=1;",
  "an export without a name": "export default 1;",
  "a name of the script's own": "var $load=1;export{$load as a};",
  "an import of no chunk": 'import{a}from"./none.js";',
})) {
  test(`${what} has no place in a script`, () => {
    assert.throws(() => joined({ other: "var a=1;export{a};", first: text }), /no place in a script|is in no chunk/);
  });
}

test("chunks of one name are refused", () => {
  const chunk = (path: string) => ({ path, text: "" });
  assert.throws(() => joinChunks([chunk("/a/first.js"), chunk("/b/first.js")], () => true), /one name/);
});
