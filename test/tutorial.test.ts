/** docs/tutorial.md, followed step by step: each command ends and says as the page shows it. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { writeLayout } from "../examples/shop/image.ts";
import { insecureImages } from "../examples/shop/insecure/images.ts";
import { inProcess } from "./in-process.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "tutorial.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-tutorial-"));

before(() => {
  const shop = join(folder, "examples", "shop");
  cpSync(join(root, "examples", "shop"), shop, { recursive: true, filter: (path) => !path.endsWith(".generated") });
  for (const image of insecureImages) writeLayout(image, join(shop, "insecure", ".generated", "images", image.name));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A block of sh, and the block behind it that shows what it printed. */
interface Step {
  readonly commands: readonly string[];
  readonly shown: string;
}

function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", block = ""]) => ({
    language,
    block,
  }));
  return blocks.flatMap(({ language, block }, index) => {
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    const lines = block.split("\n").map((line) => line.replace(/\s+#.*$/, "").trim());
    return [
      {
        commands: lines.filter((line) => line !== ""),
        shown: next === undefined || next.language === "sh" ? "" : next.block,
      },
    ];
  });
}

/** What the page has its reader do by hand. */
function edit(): void {
  const path = join(folder, "tour", "kubernetes", "worker.yaml");
  assert.match(page, /in `tour\/kubernetes\/worker\.yaml`, below `hostPID: true`, add a line\n`hostIPC: true`/);
  writeFileSync(path, readFileSync(path, "utf8").replace(/^( *)hostPID: true$/m, "$&\n$1hostIPC: true"));
}

test("each step ends and says as the page shows it", async () => {
  // The last section is about the reader's own repository.
  const [followed = ""] = page.split("\n## 7. ");
  const steps = stepsOf(followed);
  assert.ok(steps.length >= 8, `${steps.length} steps`);
  for (const { commands, shown } of steps) {
    let said = "";
    let code: number | null = 0;
    for (const line of commands) {
      const words = line.split(" ");
      if (line === "cp -r examples/shop/insecure tour") {
        cpSync(join(folder, "examples", "shop", "insecure"), join(folder, "tour"), { recursive: true });
      } else if (words[0] === "npx" && words[1] === "bulkhead") {
        if (existsSync(join(folder, "tour", "known.json")) && shown.includes("hostIPC")) edit();
        const ended = await inProcess(words.slice(2), { cwd: folder, home: folder });
        ({ code } = ended);
        said = `${ended.stdout}${ended.stderr}`;
      } else {
        assert.match(
          line,
          /^(?:npm ci --ignore-scripts|npx node examples\/shop\/assemble\.ts)$/,
          "a step of another kind",
        );
      }
    }
    const [, stated] = /exit code (\d)\n$/.exec(shown) ?? [];
    if (stated !== undefined) assert.equal(String(code), stated, commands.join("\n"));
    for (const [id] of shown.matchAll(/\b(?:build|image|workload|cluster)\/[a-z][a-z-]+(?= ·)/g)) {
      assert.ok(said.includes(id), `${commands.join("\n")}: nothing is said of ${id}`);
    }
    const added = [...shown.matchAll(/^\+(?!\+)\s*(.+)$/gm)].map(([, text = ""]) => text);
    for (const text of added) assert.ok(said.includes(text), `${commands.join("\n")}: no ${text}`);
  }
  assert.match(readFileSync(join(folder, "tour", "web", "Dockerfile"), "utf8"), /^USER 10001:10001$/m);
});
