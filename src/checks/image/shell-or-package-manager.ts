import type { Tool } from "../../engines/contents/model.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** What an attacker who got in works with. */
export const shellOrPackageManager: ImageCheck<"tools" | "layers"> = {
  id: "image/shell-or-package-manager",
  title: "Shells or package managers in the image",
  layer: "image",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Checks for shells and package managers where distributions have them. One finding names all of them: low with a package manager, negligible with a shell alone.",
    why: "A vulnerability that starts a program needs one to start: without a shell most ready-made attacks end there, and without a package manager nobody fetches the next tool. A running service needs neither.",
    fix: "Build on a distroless or static base, or copy the application from a build stage into an empty image. `bulkhead image base` shows what that leaves out. For looking into a container there is `kubectl debug`.",
    references: ["https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image"],
  },
  subject: "image",
  needs: { tools: "partial", layers: "partial" },
  applies: ({ tools }) => tools.some(({ kind }) => kind !== "loader"),
  *evaluate({ tools, layers }) {
    const shells = tools.filter(({ kind }) => kind === "shell");
    const managers = tools.filter(({ kind }) => kind === "package-manager");
    const [first] = [...managers, ...shells];
    if (first === undefined) return;
    const layer = first.layer === undefined ? undefined : layers[first.layer];
    const what = [
      ...(shells.length === 0 ? [] : [`a shell (${names(shells)})`]),
      ...(managers.length === 0 ? [] : [`a package manager (${names(managers)})`]),
    ];
    yield {
      subject: "shells and package managers",
      severity: managers.length === 0 ? "negligible" : "low",
      title: `Image contains ${what.join(" and ")}`,
      locations: [
        layer === undefined ? { kind: "file", path: `/${first.path}` } : { kind: "image", path: first.path, layer },
      ],
      matches: { ids: ["image/shell-or-package-manager"] },
      fix: { kind: "instruction", text: "use a distroless or static base image, or scratch" },
      evidence: { shells: String(shells.length), "package managers": String(managers.length) },
    };
  },
};

/** Merged folders have each twice. */
function names(tools: readonly Tool[]): string {
  return [...new Set(tools.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)))].sort().join(", ");
}
