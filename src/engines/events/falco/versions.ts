/** What rule files ask of the engine that loads them. */
import type { EngineRequirement, PluginRequirement } from "./definitions.ts";
import { errorIn } from "./diagnostics.ts";

/** The engine of upstream whose language and fields these are. */
export const ENGINE_VERSION = "0.63.0";

/** What of upstream's plugins is built in here, and as which version. */
const PLUGINS: Readonly<Record<string, string>> = { container: "0.7.1", k8saudit: "0.18.0", json: "0.7.4" };

/**
 * @returns the newer of two requirements
 * @throws RuleFault with LOAD_ERR_VALIDATE where this engine is older, or of another major version
 */
export function checkEngine(required: EngineRequirement, before: EngineRequirement | undefined): EngineRequirement {
  if (!isCompatible(ENGINE_VERSION, semantic(required.version)))
    throw errorIn(
      required.context,
      "LOAD_ERR_VALIDATE",
      `Rules require engine version ${required.version}, but engine version is ${ENGINE_VERSION}`,
    );
  return before !== undefined && compare(semantic(before.version), semantic(required.version)) >= 0 ? before : required;
}

/** A sentence where none of the alternatives is here. */
export function unmetPlugins({ alternatives }: PluginRequirement): string | undefined {
  const met = alternatives.some(({ name, version }) => {
    const here = PLUGINS[name];
    return here !== undefined && isCompatible(here, version);
  });
  if (met) return undefined;
  const asked = alternatives.map(({ name, version }) => `${name} (>= ${version})`).join(", ");
  return `Plugin requirement not satisfied, must load one of: ${asked}`;
}

/** A number alone is of the time before semantic versions: the minor one. */
function semantic(version: string): string {
  return version.includes(".") ? version : `0.${version}.0`;
}

function isCompatible(here: string, required: string): boolean {
  return numbersOf(here)[0] === numbersOf(required)[0] && compare(here, required) >= 0;
}

function numbersOf(version: string): readonly number[] {
  return (version.split(/[-+]/)[0] ?? "").split(".").map(Number);
}

function compare(left: string, right: string): number {
  const [ours, theirs] = [numbersOf(left), numbersOf(right)];
  for (let i = 0; i < 3; i++) if (ours[i] !== theirs[i]) return (ours[i] ?? 0) - (theirs[i] ?? 0);
  return 0;
}
