import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { daily } from "../bin/daily.js";
import { commandScript } from "../scripts/command-script.ts";
import { unmoved } from "./environment.ts";

/** In a clone, a command of every day as one script of the sources: `bin/clone.js`. */

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-clone-script-"));
after(() => rmSync(folder, { recursive: true }));
const clone = join(folder, "ein Klön");
const ours = join(folder, "ours");
const word = join(clone, "src/wört.ts");
const own = { atRestAfter: -60 * 60 * 1_000 };

/** Runs the script if one is kept, else the source, of which it then makes one; in a process of its own, as the program's. */
function run({ atRestAfter } = own): { readonly said: string; readonly by: "script" | "source" } {
  const begin = `import { keepScript, readScript, scriptOfClone } from ${JSON.stringify(url("bin/clone.js"))};
import { runScript } from ${JSON.stringify(url("bin/script.js"))};
const clone = scriptOfClone(new URL(${JSON.stringify(`${url("")}/`)}), ${JSON.stringify(ours)}, "check");
const source = readScript(clone);
if (source === undefined) {
  console.log((await import(${JSON.stringify(pathToFileURL(word).href)})).word, "source");
  await keepScript(clone, ${atRestAfter});
} else await runScript({ filename: clone.path, source }, { kept: clone.code, folder: undefined }, ({ word }) => console.log(word, "script"));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", begin], {
    encoding: "utf8",
    // How long ago a file changed is the kernel's to say.
    env: unmoved,
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  const [said = "", by] = stdout.trim().split(" ");
  assert.ok(by === "script" || by === "source");
  return { said, by };
}

const url = (path: string) => pathToFileURL(join(clone, path)).href;
const kept = () => join(ours, readdirSync(ours).find((name) => name.endsWith(".script")) ?? "none");
const isKept = () => existsSync(kept());

/** What makes the script of the source here, as the real one does it of thousands. */
const maker = `import { readFileSync } from "node:fs";
export const inAscii = (text) => text.replaceAll("\u00f6", "\\\\u00f6");
export async function commandScript(root, commands, placeOf) {
  const source = readFileSync(root + "src/w\u00f6rt.ts", "utf8").replace("export const word =", "exports.word =");
  return { text: "(function(require,module,exports){" + source + "})", files: ["src/w\u00f6rt.ts"] };
}`;

beforeEach(() => {
  rmSync(folder, { recursive: true });
  for (const path of ["bin", "scripts", "src"]) mkdirSync(join(clone, path), { recursive: true });
  mkdirSync(ours, { mode: 0o700 });
  for (const path of ["bin/builtin.js", "bin/clone.js", "bin/script.js", "tsconfig.json"])
    cpSync(join(root, path), join(clone, path));
  writeFileSync(join(clone, "package.json"), '{"type":"module"}');
  writeFileSync(join(clone, "scripts/command-script.ts"), maker);
  writeFileSync(word, 'export const word = "eins";\n');
});

test("a run makes the script, for its user alone, and the next ones take it", () => {
  assert.deepEqual(run(), { said: "eins", by: "source" });
  assert.equal(lstatSync(kept()).mode & 0o777, 0o600);
  assert.deepEqual(run(), { said: "eins", by: "script" });
  assert.ok(existsSync(kept().replace(".script", ".code")));
  assert.deepEqual(run(), { said: "eins", by: "script" });
});

test("sources that have changed run themselves, and the script is made anew", () => {
  run();
  writeFileSync(word, 'export const word = "zwei";\n');
  assert.deepEqual(run(), { said: "zwei", by: "source" });
  assert.deepEqual(run(), { said: "zwei", by: "script" });
  // The size, and the time that can be set, are what they were.
  const { atime, mtime } = statSync(word);
  writeFileSync(word, 'export const word = "drei";\n');
  utimesSync(word, atime, mtime);
  assert.deepEqual(run(), { said: "drei", by: "source" });
});

test("what makes it, or tells where packages are, counts as well, and what is gone", () => {
  for (const path of ["bin/clone.js", "package.json", "tsconfig.json", "scripts/command-script.ts"]) {
    run();
    assert.equal(run().by, "script");
    writeFileSync(join(clone, path), `${readFileSync(join(clone, path), "utf8")}\n`);
    assert.equal(run().by, "source", path);
  }
  rmSync(join(clone, "tsconfig.json"));
  assert.equal(run().by, "source");
});

test("while somebody works on the sources, no run makes a script of them", () => {
  assert.deepEqual(run({ atRestAfter: 60 * 60 * 1_000 }), { said: "eins", by: "source" });
  assert.equal(isKept(), false);
});

test("without the bundler, or where it fails, a run is only slower", () => {
  rmSync(join(clone, "scripts/command-script.ts"));
  assert.equal(run().said, "eins");
  writeFileSync(join(clone, "scripts/command-script.ts"), 'import "not-installed";');
  assert.equal(run().said, "eins");
  assert.equal(isKept(), false);
});

test("a folder that cannot be written to costs nothing but time", () => {
  rmSync(ours, { recursive: true });
  assert.deepEqual(run(), { said: "eins", by: "source" });
  mkdirSync(ours);
});

test("what is cut short, changed by accident or open to others is not taken", () => {
  run();
  const whole = readFileSync(kept());
  for (const bytes of [whole.subarray(0, whole.length / 2), whole.subarray(0, 5), Buffer.alloc(whole.length)]) {
    writeFileSync(kept(), bytes);
    assert.deepEqual(run(), { said: "eins", by: "source" });
    assert.deepEqual(readFileSync(kept()), whole);
  }
  chmodSync(kept(), 0o622);
  assert.equal(run().by, "source");
});

test("the script of the sources says what the sources say, and their threads take part in it", async () => {
  const commands = ["build-lint", "secrets-scan"];
  const { text, files } = await commandScript(root, commands, (file) => pathToFileURL(file).href);
  assert.match(text, /^[\n -~]*$/);
  for (const file of ["src/cli/run.ts", "src/cli/build/lint.ts"]) assert.ok(files.includes(file), file);
  for (const file of files) assert.ok(existsSync(join(root, file)), file);
  const filename = join(folder, "both.cjs");
  writeFileSync(filename, text);
  const program = join(root, "bin/bulkhead.js");
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const byScript = (...words: readonly string[]) => {
    const begin = `import { readFileSync } from "node:fs";
import { runScript } from ${JSON.stringify(url("bin/script.js"))};
process.on("worker", (one) => {
  console.error("begun");
  one.on("error", ({ message }) => console.error("broken:", message));
});
process.argv = ${JSON.stringify(["node", "bulkhead", ...words])};
const source = readFileSync(${JSON.stringify(filename)});
await runScript({ filename: ${JSON.stringify(filename)}, source }, {}, ({ run }) =>
  run(new URL(${JSON.stringify(pathToFileURL(program).href)})));`;
    const beginning = join(folder, "begin.mjs");
    writeFileSync(beginning, begin);
    return spawnSync(process.execPath, [beginning], { encoding: "utf8", env });
  };
  const dockerfile = join(clone, "Dockerfile");
  writeFileSync(dockerfile, "FROM alpine\nRUN sudo true\n");
  const lint = ["build", "lint", dockerfile, "--format", "plain"];
  const bySources = spawnSync(process.execPath, ["--enable-source-maps", program, ...lint], { encoding: "utf8" });
  const { status, stdout, stderr } = byScript(...lint);
  assert.match(stdout, /^fix: .*check=build\/runs-as-root /m);
  assert.deepEqual([status, stdout, stderr], [bySources.status, bySources.stdout, bySources.stderr]);

  const many = join(folder, "many");
  mkdirSync(many);
  // As many as are worth a second thread.
  for (let n = 0; n < 4_000; n++) writeFileSync(join(many, `${n}.txt`), `${n}\n`);
  const scanned = byScript("secrets", "scan", many, "--quiet");
  assert.deepEqual([scanned.status, scanned.stderr], [0, "begun\n"]);
});

test("every command of every day can be made a script", async () => {
  const { files } = await commandScript(root, daily, (file) => pathToFileURL(file).href);
  assert.ok(files.length > 1_000);
  await assert.rejects(
    commandScript(root, ["check", "not-there"], (file) => file),
    /src\/cli\/not\/there\.ts is not there/,
  );
});
