import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of these files, gone again at the end of the block. */
export function treeOf(files: Readonly<Record<string, string>>): { readonly root: string } & Disposable {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "tree-")));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
