import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

/**
 * The tool that holds the arrows can be blind (it sees nothing at all beside the wrong TypeScript), so it is shown
 * forbidden imports and must refuse each by its rule.
 */

const root = join(import.meta.dirname, "..");

interface Cruise {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

function cruise(folder: string, rooms: readonly string[] = ["src"]): Cruise {
  const tool = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [tool, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...rooms],
    { cwd: folder, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout) as Cruise;
}

/** A tree with the project's own configuration and these files. */
function tree(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-arrows-"));
  for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) {
    cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

/** What the house holds: each of these may be imported by some and by no others. */
const house = {
  "src/core/asset.ts": 'import { bounds } from "./bounds.ts";\nexport const asset = bounds;\n',
  "src/core/clock.ts": "export const readClock = 1;\n",
  "src/core/bounds.ts": "export const bounds = 1;\n",
  "src/engines/oci/model.ts": 'import { asset } from "../../core/asset.ts";\nexport const layer = asset;\n',
  "src/engines/oci/layer.ts": 'import { layer } from "./model.ts";\nexport const read = layer;\n',
  "src/engines/contents/model.ts": 'import { layer } from "../oci/model.ts";\nexport const packages = layer;\n',
  "src/engines/vulnerability/match.ts":
    'import { packages } from "../contents/model.ts";\nexport const match = packages;\n',
  "src/net/client.ts": 'import { asset } from "../core/asset.ts";\nexport const ask = asset;\n',
  "src/formats/yaml.ts": 'import { asset } from "../core/asset.ts";\nexport const parse = asset;\n',
  "src/engines/oci/registry.ts":
    'import { parse } from "../../formats/yaml.ts";\nimport { ask } from "../../net/client.ts";\nexport const pull = [ask, parse];\n',
  "src/checks/image/rule.ts": 'import { layer } from "../../engines/oci/model.ts";\nexport const rule = layer;\n',
  "src/collect/image/gather.ts": 'import { pull } from "../../engines/oci/registry.ts";\nexport const gather = pull;\n',
  "src/evaluate/image/judge.ts": 'import { rule } from "../../checks/image/rule.ts";\nexport const judge = rule;\n',
  "src/fix/image/mend.ts": 'import { judge } from "../../evaluate/image/judge.ts";\nexport const mend = judge;\n',
  "src/scan/image.ts":
    'import { gather } from "../collect/image/gather.ts";\nimport { judge } from "../evaluate/image/judge.ts";\nimport { mend } from "../fix/image/mend.ts";\nexport const scan = [gather, judge, mend];\n',
  "src/joins/baseline/baseline.ts": 'import { scan } from "../../scan/image.ts";\nexport const baseline = scan;\n',
  "src/guards/admission/webhook.ts":
    'import { baseline } from "../../joins/baseline/baseline.ts";\nexport const webhook = baseline;\n',
  "src/guards/runtime/watch.ts": 'import { scan } from "../../scan/image.ts";\nexport const watch = scan;\n',
  "src/report/table.ts": 'import { asset } from "../core/asset.ts";\nexport const table = asset;\n',
  "src/server/api.ts": 'import { table } from "../report/table.ts";\nexport const api = table;\n',
  "src/cli/check.ts":
    'import { readClock } from "../core/clock.ts";\nimport { baseline } from "../joins/baseline/baseline.ts";\nimport { api } from "../server/api.ts";\nexport const check = [api, baseline, readClock];\n',
};

/** File, what it imports, and the rule that must refuse it. */
const forbidden = [
  ["src/core/up.ts", "../engines/oci/model.ts", "core-stands-alone"],
  ["src/core/disk.ts", "node:fs", "core-is-pure"],
  ["src/core/network.ts", "node:net", "core-is-pure"],
  ["src/core/process.ts", "node:child_process", "core-is-pure"],
  ["src/core/package.ts", "zod", "core-needs-no-package"],
  ["src/engines/git/run.ts", "node:child_process", "programs-are-few"],
  ["src/cli/run.ts", "child_process", "programs-are-few"],
  ["src/core/fetch.ts", "../net/client.ts", "core-stands-alone"],
  ["src/engines/oci/bounded.ts", "../../core/bounds.ts", "bounds-with-their-readers"],
  ["src/net/up.ts", "../engines/oci/model.ts", "net-knows-no-layer"],
  ["src/engines/oci/own-client.ts", "node:https", "one-http-client"],
  ["src/collect/own-client.ts", "node:http", "one-http-client"],
  ["src/checks/image/fetch.ts", "../../net/client.ts", "checks-judge-facts"],
  ["src/collect/fetch.ts", "../net/client.ts", "collect-reads"],
  ["src/report/send.ts", "../net/client.ts", "report-shows"],
  ["src/engines/oci/up.ts", "../contents/model.ts", "engine-oci"],
  ["src/engines/contents/up.ts", "../vulnerability/match.ts", "engine-contents"],
  ["src/engines/updates/down-two.ts", "../oci/layer.ts", "engine-updates"],
  ["src/engines/oci/judge.ts", "../../checks/image/rule.ts", "engine-oci"],
  ["src/engines/secrets/scan.ts", "../oci/model.ts", "engine-unlisted"],
  ["src/checks/image/deep.ts", "../../engines/oci/layer.ts", "checks-judge-facts"],
  ["src/formats/up.ts", "../engines/oci/model.ts", "formats-read"],
  ["src/formats/ask.ts", "../net/client.ts", "formats-read"],
  ["src/checks/image/late.ts", "../../core/clock.ts", "judging-asks-no-clock"],
  ["src/engines/oci/late.ts", "../../core/clock.ts", "judging-asks-no-clock"],
  ["src/checks/image/up.ts", "../../collect/image/gather.ts", "checks-judge-facts"],
  ["src/checks/image/parse.ts", "../../formats/yaml.ts", "checks-judge-facts"],
  ["src/checks/image/disk.ts", "node:fs/promises", "checks-are-pure"],
  ["src/collect/image/judge.ts", "../../checks/image/rule.ts", "collect-reads"],
  ["src/collect/image/across.ts", "../../evaluate/image/judge.ts", "collect-reads"],
  ["src/collect/image/show.ts", "../../report/table.ts", "collect-reads"],
  ["src/evaluate/image/read.ts", "../../collect/image/gather.ts", "evaluate-judges"],
  ["src/evaluate/image/ask.ts", "../../net/client.ts", "evaluate-judges"],
  ["src/evaluate/image/disk.ts", "node:fs", "evaluate-is-pure"],
  ["src/fix/image/read.ts", "../../collect/image/gather.ts", "fix-proposes"],
  ["src/fix/image/disk.ts", "node:fs", "fix-is-pure"],
  ["src/scan/up.ts", "../joins/baseline/baseline.ts", "scan"],
  ["src/scan/show.ts", "../report/table.ts", "scan"],
  ["src/joins/baseline/up.ts", "../../guards/runtime/watch.ts", "joins"],
  ["src/guards/runtime/other.ts", "../admission/webhook.ts", "guards-stand-apart"],
  ["src/guards/runtime/up.ts", "../../server/api.ts", "guards-stand-apart"],
  ["src/joins/baseline/show.ts", "../../report/table.ts", "joins"],
  ["src/store/look.ts", "../engines/oci/model.ts", "store-keeps"],
  ["src/report/fetch.ts", "../collect/image/gather.ts", "report-shows"],
  ["src/report/look.ts", "../engines/oci/model.ts", "report-shows"],
  ["src/server/command.ts", "../cli/check.ts", "server"],
  ["src/cli/judge.ts", "../evaluate/image/judge.ts", "commands-judge-nothing"],
  ["src/cli/example.ts", "../../examples/shop.ts", "the-source-stands-alone"],
  ["src/cli/test.ts", "../core/asset.test.ts", "no-tests-imported"],
  ["src/cli/development.ts", "fast-check", "no-development-package"],
  ["src/collect/image/nowhere.ts", "./missing.ts", "everything-resolves"],
  ["test/network/oracle-borrowed.ts", "../../src/core/asset.ts", "judges-stand-apart"],
  ["test/admission/oracle/borrowed.ts", "../../../src/core/asset.ts", "admission-judge-stands-apart"],
  ["test/registry/killed/judge.ts", "../../../src/core/asset.ts", "registry-judge-stands-apart"],
  ["test/network/enforcement/borrowed.ts", "../oracle.ts", "enforcement-stands-apart"],
  ["test/network/enforcement/engine.ts", "../../../src/core/asset.ts", "enforcement-stands-apart"],
] as const;

test("each forbidden import is refused by its rule, and nothing else is", () => {
  const planted = Object.fromEntries(
    forbidden.map(([path, target]) => [path, `import * as planted from "${target}";\nexport const use = planted;\n`]),
  );
  using plan = tree({
    ...house,
    ...planted,
    // A type has an arrow as well.
    "src/core/type.ts": 'import type { read } from "../engines/oci/layer.ts";\nexport type Use = typeof read;\n',
    "src/core/asset.test.ts": 'import { asset } from "./asset.ts";\nexport const tested = asset;\n',
    "test/network/oracle.ts": "export const oracle = 1;\n",
    "examples/shop.ts": "export const shop = 1;\n",
    "src/report/round.ts": 'import { trip } from "./trip.ts";\nexport const round = () => trip;\n',
    "src/report/trip.ts": 'import { round } from "./round.ts";\nexport const trip = () => round;\n',
    "src/report/alone.ts": "export const alone = 1;\n",
  });
  const seen = new Set(
    cruise(plan.folder, ["src", "test"]).summary.violations.map(({ from, rule }) => `${from} ${rule.name}`),
  );
  const wanted = [
    ...forbidden.map(([path, , rule]) => `${path} ${rule}`),
    "src/core/type.ts core-stands-alone",
    // Reported once, where the tool met it first.
    "src/report/round.ts no-cycles",
    "src/report/alone.ts no-orphans",
  ];
  assert.deepEqual([...seen].sort(), wanted.sort());
});

test("the allowed imports of the house are not refused", () => {
  using plan = tree(house);
  assert.deepEqual(cruise(plan.folder).summary.violations, []);
});

test("the tool sees the project's own modules and what they import", () => {
  // `npm run lint` looks at all of them.
  const { modules } = cruise(root, ["src/core", "src/formats"]);
  const own = modules.filter(({ source }) => source.startsWith("src/"));
  assert.ok(own.length > 60, `only ${own.length} modules seen`);
  const imports = own.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  assert.ok(imports > 2 * own.length, `only ${imports} imports seen`);
});
