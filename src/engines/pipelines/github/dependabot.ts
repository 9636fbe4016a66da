/** `.github/dependabot.yml` ("Dependabot options reference"). Of what the audits do not ask about keys are not held against a list. */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import { ignoresIn } from "../ignores.ts";
import type { Source } from "../source.ts";
import type { Dependabot, DependabotUpdate } from "./model.ts";
import { fieldsAt, isNothing, keysOf, optional, textAt, textsAt } from "./nodes.ts";
import { present } from "./shared.ts";

const LIMIT = "open-pull-requests-limit";
const EXECUTION = "insecure-external-code-execution";

export function dependabotOf(source: Source, root: PlacedNode): Dependabot {
  const keys = keysOf(source, root, "dependabot.yml");
  const updates = keys?.get("updates");
  if (keys !== undefined && updates === undefined) source.skip(keys.map, "dependabot.yml has no updates");
  if (updates !== undefined && updates.kind !== "sequence") source.skip(updates, "updates is not a list");
  return {
    kind: "dependabot",
    path: source.path,
    place: source.placeOf(root),
    updates: updates?.kind === "sequence" ? updates.items.flatMap((item) => updateOf(source, item) ?? []) : [],
    unread: source.unread,
    ignores: ignoresIn(source, root),
  };
}

function updateOf(source: Source, node: PlacedNode): DependabotUpdate | undefined {
  const keys = keysOf(source, node, "an update");
  if (keys === undefined) return undefined;
  const cooldown = keys.get("cooldown");
  const fields = present(source, cooldown, "cooldown") === undefined ? undefined : cooldown;
  return {
    place: source.placeOf(node),
    ...optional("ecosystem", textAt(source, keys.get("package-ecosystem"), "package-ecosystem", "none")),
    directories: ["directory", "directories"].flatMap((key) => textsAt(source, keys.get(key), key, "none")),
    ...optional("openPullRequestsLimit", textAt(source, keys.get(LIMIT), LIMIT, "none")),
    ignores: ignoresOf(source, keys.get("ignore")),
    ...optional("insecureExternalCodeExecution", textAt(source, keys.get(EXECUTION), EXECUTION, "none")),
    ...optional(
      "cooldown",
      fields === undefined
        ? undefined
        : { place: source.placeOf(fields), fields: fieldsAt(source, fields, "cooldown", "nested") },
    ),
  };
}

function ignoresOf(source: Source, node: PlacedNode | undefined): DependabotUpdate["ignores"] {
  if (node === undefined || isNothing(node)) return [];
  if (node.kind !== "sequence") {
    source.skip(node, "ignore is not a list");
    return [];
  }
  return node.items.flatMap((item) => {
    const keys = keysOf(source, item, "an entry of ignore");
    if (keys === undefined) return [];
    return {
      ...optional("name", textAt(source, keys.get("dependency-name"), "dependency-name", "none")),
      whole: keys.get("versions") === undefined && keys.get("update-types") === undefined,
      place: source.placeOf(item),
    };
  });
}
