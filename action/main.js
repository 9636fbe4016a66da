// Where the runner of GitHub Actions starts. `npm run build` bundles it; in a clone it runs as it is.
import { runAction } from "./run.ts";

process.exitCode = await runAction(process.env, new URL("../bin/bulkhead.js", import.meta.url));
