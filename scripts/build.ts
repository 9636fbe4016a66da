/** `npm run build`: the published package in dist/, for `npm publish dist` or `npm pack ./dist`. */
import { join } from "node:path";
import { buildPackage } from "./published-build.ts";

const root = join(import.meta.dirname, "..");
await buildPackage(root, join(root, "dist"));
