/**
 * `npm run build`: a release's tree in dist/, for `npm publish ./dist`, `npm pack ./dist` and the branch that the action and
 * the hooks are taken from.
 *   --repository URL   the source repository that package.json names: https://github.com/OWNER/NAME
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "./published-build.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { repository: { type: "string" } } });
await buildPackage(root, join(root, "dist"), values);
