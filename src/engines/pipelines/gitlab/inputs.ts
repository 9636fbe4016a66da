/** `spec:inputs` of a file's header, and `$[[ inputs.NAME | function ]]` in the rest of it ("CI/CD inputs"). */
import type { Text } from "../field.ts";
import { nodeAt, type PlacedMap, type PlacedNode } from "../yaml/model.ts";
import type { GitlabInput } from "./model.ts";

export interface InputValues {
  get(name: string): PlacedNode | undefined;
}

export function inputsOf(spec: PlacedNode | undefined): GitlabInput[] {
  const inputs = spec?.kind === "map" ? nodeAt(spec, "inputs") : undefined;
  if (inputs?.kind !== "map") return [];
  return inputs.entries.map(({ key, value }) => {
    const scalar = (name: string): Text | undefined => {
      const node = value.kind === "map" ? nodeAt(value, name) : undefined;
      return node?.kind === "scalar" ? node.text : undefined;
    };
    const options = value.kind === "map" ? nodeAt(value, "options") : undefined;
    const [type, standard, regex] = [scalar("type"), scalar("default"), scalar("regex")];
    return {
      name: key.value,
      place: key.place,
      ...(type === undefined ? {} : { type }),
      ...(standard === undefined ? {} : { default: standard }),
      ...(regex === undefined ? {} : { regex }),
      options:
        options?.kind === "list" ? options.items.flatMap((item) => (item.kind === "scalar" ? item.text : [])) : [],
    };
  });
}

/** What is given, else the default. */
export function inputValues(spec: PlacedNode | undefined, given: PlacedMap | undefined): InputValues {
  const values = new Map<string, PlacedNode>();
  const inputs = spec?.kind === "map" ? nodeAt(spec, "inputs") : undefined;
  for (const { key, value } of inputs?.kind === "map" ? inputs.entries : []) {
    const node = nodeAt(given, key.value) ?? (value.kind === "map" ? nodeAt(value, "default") : undefined);
    if (node !== undefined) values.set(key.value, node);
  }
  return values;
}

/** Fills inputs in; what nothing is known of stays as it is written. A scalar that is one input alone becomes its value. */
export function interpolate(node: PlacedNode, values: InputValues): PlacedNode {
  switch (node.kind) {
    case "scalar": {
      const { value } = node.text;
      if (!value.includes(OPEN)) return node;
      const whole = WHOLE.exec(value)?.[1];
      const given = whole === undefined ? undefined : values.get(whole);
      if (given !== undefined && given.kind !== "scalar") return { ...given, place: node.place };
      return { ...node, text: filled(node.text, values) };
    }
    case "list":
      return { ...node, items: node.items.map((item) => interpolate(item, values)) };
    case "map":
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({
          key: key.value.includes(OPEN) ? filled(key, values) : key,
          value: interpolate(value, values),
        })),
      };
  }
}

const OPEN = "$[[";
const CLOSE = "]]";
const WHOLE = /^\$\[\[ ?inputs\.([A-Za-z0-9_-]+) ?\]\]$/;

function filled(text: Text, values: InputValues): Text {
  let made = "";
  let from = 0;
  for (let open = text.value.indexOf(OPEN); open >= 0; open = text.value.indexOf(OPEN, from)) {
    const close = text.value.indexOf(CLOSE, open);
    if (close < 0) break;
    const [subject = "", ...functions] = text.value
      .slice(open + OPEN.length, close)
      .split("|")
      .map((part) => part.trim());
    const given = subject.startsWith("inputs.") ? values.get(subject.slice("inputs.".length)) : undefined;
    const value =
      given?.kind === "scalar" ? functions.reduce<string | undefined>(applied, given.text.value) : undefined;
    made += text.value.slice(from, open) + (value ?? text.value.slice(open, close + CLOSE.length));
    from = close + CLOSE.length;
  }
  const value = made + text.value.slice(from);
  // The type of what is filled in whole is that of the value.
  return value === text.value ? text : { ...text, value, type: "string", written: text.written ?? text.value };
}

/** Functions of GitLab; of one that is not known, or whose variables are, nothing is. */
function applied(value: string | undefined, call: string): string | undefined {
  if (value === undefined) return undefined;
  const truncated = /^truncate\( ?(\d{1,6}) ?, ?(\d{1,6}) ?\)$/.exec(call);
  if (truncated !== null) {
    const [, offset, length] = truncated;
    return value.slice(Number(offset), Number(offset) + Number(length));
  }
  return call === "expand_vars" && !value.includes("$") ? value : undefined;
}
