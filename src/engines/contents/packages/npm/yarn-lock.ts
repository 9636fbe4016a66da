import { lockfile } from "../lockfile.ts";
import { readYarnBerry } from "./yarn-berry.ts";
import { readYarnClassic } from "./yarn-classic.ts";

/** `yarn.lock` of both kinds, which share the name: Yarn 2 and later write YAML and open it with `__metadata`. */
export const yarnLock = lockfile({
  id: "yarn-lock",
  version: 5,
  basenames: ["yarn.lock"],
  read: (text) => (/^__metadata:/m.test(text) ? readYarnBerry(text) : readYarnClassic(text)),
});
