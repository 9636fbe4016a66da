import { dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-install-script";

/** A package that runs scripts when it is installed, and did not before. */
export const dependencyInstallScript: DependencyCheck<"change" | "installScripts"> = {
  id,
  title: "New install scripts",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Looks for scripts that npm runs when it installs a package (`preinstall`, `install`, `postinstall`, and `binding.gyp` by itself) and for Composer's plugins: in the archive, else by the registry's or the lockfile's word. Reported: packages that a change adds with such scripts, and upgrades that bring one which the version before had not. Not reported: packages named by `dependencies.installScripts`. Severity: medium.",
    why: "An install script runs its author's code on the machine of a developer or in CI, before anybody has called the package. Most malicious packages begin there.",
    fix: "Read the script. Where the package needs it, name it in `dependencies.installScripts` and in your package manager's own allow-list; else install with scripts switched off.",
    references: [
      "https://docs.npmjs.com/cli/v11/using-npm/scripts#life-cycle-operation-order",
      "https://pnpm.io/settings#onlybuiltdependencies",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", installScripts: "partial" },
  *evaluate({ change, installScripts: { after, before, commands } }) {
    const known = new Set(before ?? []);
    // Names that a registry's word alone has (`install`) stand for whatever there was.
    const isKnown = (name: string) => known.has(name) || known.has("install");
    const added = after.filter((name) => !isKnown(name));
    if (added.length === 0) return;
    yield dependencyFinding(id, change, {
      about: [...added].sort().join(", "),
      severity: "medium",
      title: `runs ${added.join(" and ")} when it is installed${before === undefined ? "" : ", and the version before did not"}`,
      fix: `read it; if ${change.name} needs it, add ${change.name} to dependencies.installScripts`,
      evidence: Object.fromEntries(
        added.flatMap((name) => (commands[name] === undefined ? [] : [[name, commands[name]]])),
      ),
    });
  },
};
