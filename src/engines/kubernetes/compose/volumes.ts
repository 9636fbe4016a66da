import { type FieldPath, formatFieldPath } from "../field-path.ts";
import type { Volume, VolumeMount } from "../pod-model.ts";
import { type Fields, stated } from "../read/fields.ts";

interface Mount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean | undefined;
}

/** `volumes`, `tmpfs`, `secrets` and `devices` of a service; a bind mount is a pod's hostPath. */
export function volumesOf(
  fields: Fields,
  places: Map<string, FieldPath>,
): { readonly volumes: Volume[]; readonly volumeMounts: VolumeMount[] } {
  const volumes: Volume[] = [];
  const volumeMounts: VolumeMount[] = [];
  const add = (own: FieldPath, { type, source, target, readOnly }: Mount) => {
    const name = `${own[0]}-${own[1] ?? 0}`;
    const index = volumes.length;
    places.set(formatFieldPath(["spec", "volumes", index]), [...fields.path(), ...own]);
    places.set(formatFieldPath(["spec", "containers", 0, "volumeMounts", index]), [...fields.path(), ...own]);
    volumes.push(volumeOf(name, type, source));
    volumeMounts.push(stated({ name, mountPath: target, readOnly }));
  };
  entriesOf(fields, "volumes").forEach((entry, index) => {
    const mount = typeof entry === "string" ? shortMount(entry) : longMount(entry);
    if (mount !== undefined) add(["volumes", index], mount);
  });
  const tmpfs = fields.isList("tmpfs") ? fields.strings("tmpfs") : [fields.string("tmpfs") ?? ""];
  tmpfs.forEach((target, index) => {
    if (target === "") return;
    const own = fields.isList("tmpfs") ? ["tmpfs", index] : ["tmpfs"];
    add(own, { type: "tmpfs", source: "", target: target.split(":")[0] ?? "", readOnly: undefined });
  });
  entriesOf(fields, "secrets").forEach((entry, index) => {
    const source = typeof entry === "string" ? entry : (entry.string("source") ?? "");
    const target = typeof entry === "string" ? source : (entry.string("target") ?? source);
    const path = target.startsWith("/") ? target : `/run/secrets/${target}`;
    add(["secrets", index], { type: "secret", source, target: path, readOnly: true });
  });
  entriesOf(fields, "devices").forEach((entry, index) => {
    const [source = "", target = source] =
      typeof entry === "string" ? entry.split(":") : [entry.string("source") ?? "", entry.string("target")];
    add(["devices", index], { type: "bind", source, target, readOnly: undefined });
  });
  return { volumes, volumeMounts };
}

/** Items of a list that are a text in the short form, and a map in the long one. */
export function entriesOf(fields: Fields, name: string): readonly (string | Fields)[] {
  if (!fields.has(name)) return [];
  return fields.either(name);
}

const BRACES: ReadonlySet<string> = new Set(["$", "{", "}"]);

/** At colons behind which no `}` ends a variable. */
function splitOutsideBraces(text: string): string[] {
  const parts: string[] = [];
  let next = "";
  let end = text.length;
  for (let at = text.length - 1; at >= 0; at--) {
    const character = text[at] as string;
    if (character === ":" && next !== "}") {
      parts.push(text.slice(at + 1, end));
      end = at;
    } else if (BRACES.has(character)) next = character;
  }
  return [text.slice(0, end), ...parts.reverse()];
}

/** `[SOURCE:]TARGET[:OPTIONS]`; a source that begins with `.`, `~`, `/` or a variable is a path, any other a volume. */
function shortMount(text: string): Mount {
  const parts = splitOutsideBraces(text);
  if (parts.length === 1) return { type: "volume", source: "", target: text, readOnly: undefined };
  const [source = "", target = "", options = ""] = parts;
  const readOnly = options.split(",").includes("ro") ? true : undefined;
  return { type: /^(?:[./~$]|[A-Za-z]:?[\\/])/.test(source) ? "bind" : "volume", source, target, readOnly };
}

function longMount(entry: Fields): Mount | undefined {
  const type = entry.string("type") ?? "volume";
  const [source, target] = [entry.string("source") ?? "", entry.string("target") ?? ""];
  return { type, source, target, readOnly: entry.boolean("read_only") };
}

function volumeOf(name: string, type: string, source: string): Volume {
  switch (type) {
    case "bind":
    case "npipe":
      return { name, types: ["hostPath"], hostPath: { path: source } };
    case "tmpfs":
      return { name, types: ["emptyDir"], emptyDir: { medium: "Memory" } };
    case "secret":
      return { name, types: ["secret"], secret: { name: source, items: [] } };
    default:
      return { name, types: ["persistentVolumeClaim"], persistentVolumeClaim: { claimName: source } };
  }
}
