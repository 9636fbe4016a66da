/**
 * `npm run build`: a release's tree in dist/, for `npm publish ./dist`, `npm pack ./dist` and the branch that the action and
 * the hooks are taken from.
 *   --outdir DIRECTORY  in the place of dist/
 *   --repository URL   the source repository that package.json names: https://github.com/OWNER/NAME
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "./published-build.ts";

const root = join(import.meta.dirname, "..");
const { outdir, ...options } = parseArgs({
  options: { outdir: { type: "string", default: join(root, "dist") }, repository: { type: "string" } },
}).values;
await buildPackage(root, outdir, options);
