/** Containers that jobs run in, and services beside them. */
import type { PlacedNode } from "../../../formats/yaml/placed.ts";
import type { Source } from "../source.ts";
import type { Container } from "./model.ts";
import { fieldsAt, isNothing, keysOf, optional, textAt, textsAt } from "./nodes.ts";
import { present } from "./shared.ts";

const KEYS = new Set(["image", "credentials", "env", "ports", "volumes", "options", "command", "entrypoint"]);
const CREDENTIALS = new Set(["username", "password"]);

export function containerAt(source: Source, node: PlacedNode | undefined): Container | undefined {
  if (node === undefined || isNothing(node)) return undefined;
  const place = source.placeOf(node);
  if (node.kind === "scalar") return { place, image: source.textOf(node), env: [], volumes: [] };
  const keys = keysOf(source, node, "container", KEYS);
  if (keys === undefined) return undefined;
  const credentials = present(source, keys.get("credentials"), "credentials", CREDENTIALS);
  return {
    place,
    ...optional("image", textAt(source, keys.get("image"), "image")),
    ...optional("username", textAt(source, credentials?.get("username"), "username")),
    ...optional("password", textAt(source, credentials?.get("password"), "password")),
    env: fieldsAt(source, keys.get("env"), "env"),
    ...optional("options", textAt(source, keys.get("options"), "options")),
    volumes: textsAt(source, keys.get("volumes"), "volumes"),
  };
}

export function servicesAt(source: Source, node: PlacedNode | undefined) {
  return (present(source, node, "services")?.entries ?? []).flatMap(({ key, value }) => {
    const container = containerAt(source, value);
    return container === undefined ? [] : [{ name: key.text, container }];
  });
}
