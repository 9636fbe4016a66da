/** An action's metadata ("Metadata syntax for GitHub Actions"). */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Field } from "../field.ts";
import { ignoresIn } from "../ignores.ts";
import type { Source } from "../source.ts";
import type { Action } from "./model.ts";
import { fieldsAt, keysOf, optional, placeOfEntry, textAt } from "./nodes.ts";
import { withScripts } from "./scripts.ts";
import { stepsAt } from "./steps.ts";
import { inputsAt, outputsAt } from "./triggers.ts";

const KEYS = new Set(["name", "author", "description", "inputs", "outputs", "runs", "branding"]);
const SCRIPTS = ["pre", "main", "post", "pre-entrypoint", "entrypoint", "post-entrypoint"];
const CONDITIONS = ["pre-if", "post-if"];
const RUNS = new Set(["using", "steps", "image", "args", "env", "plugin", ...SCRIPTS, ...CONDITIONS]);

export function actionOf(source: Source, root: PlacedNode): Action {
  const keys = keysOf(source, root, "an action", KEYS);
  const runs = keysOf(source, keys?.get("runs"), "runs", RUNS);
  if (keys !== undefined && keys.get("runs") === undefined) source.skip(keys.map, "an action has no runs");
  const scripts = (runs?.entries ?? []).flatMap(({ key, value }): Field[] => {
    if (!SCRIPTS.includes(key.text)) return [];
    const text = textAt(source, value, key.text);
    return [{ key: source.textOf(key), ...optional("value", text), place: placeOfEntry(source, key, value) }];
  });
  const file: Omit<Action, "runScripts"> = {
    kind: "action",
    path: source.path,
    place: source.placeOf(root),
    ...optional("name", textAt(source, keys?.get("name"), "name", "none")),
    inputs: inputsAt(source, keys?.get("inputs")),
    outputs: outputsAt(source, keys?.get("outputs")),
    ...optional("using", textAt(source, runs?.get("using"), "using", "none")),
    steps: stepsAt(source, runs?.get("steps")),
    ...optional("image", textAt(source, runs?.get("image"), "image", "none")),
    scripts,
    env: fieldsAt(source, runs?.get("env"), "env"),
    unread: source.unread,
    ignores: ignoresIn(source, root),
  };
  return withScripts(source.text, file);
}
