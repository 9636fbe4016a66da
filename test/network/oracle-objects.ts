/**
 * What the oracle (oracle.ts) reads of Kubernetes objects: labels, selectors, named ports and addresses, in the most naive
 * way. It shares no code with `src/engines/reachability`; each rule is from the API's own type documentation.
 */

/** An object as the parser of YAML or JSON left it. */
export type KubernetesObject = Record<string, unknown>;
export type Fields = Record<string, unknown>;

/** The object at this field, or an empty one where it is absent, null, or of another form. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The list at this field; an absent one and null are empty. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Strings of a list; anything else in it is left out. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export type Labels = Readonly<Record<string, string>>;

export function labelsOf(object: Fields): Labels {
  const labels: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(fieldsOf(fieldsOf(object.metadata).labels))) labels[key] = String(value);
  return labels;
}

/**
 * A label selector (meta/v1 LabelSelector): everything named must hold, an empty one matches all. `NotIn` and `DoesNotExist`
 * match where the key is absent.
 *
 * @throws Error for an operator that the API does not have
 */
export function selects(selector: unknown, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  for (const [key, value] of Object.entries(fieldsOf(matchLabels))) {
    if (labels[key] !== String(value)) return false;
  }
  for (const { key, operator, values } of listOf(matchExpressions)) {
    const value = labels[String(key)];
    const among = value !== undefined && textsOf(values).includes(value);
    switch (operator) {
      case "In":
        if (!among) return false;
        break;
      case "NotIn":
        if (among) return false;
        break;
      case "Exists":
        if (value === undefined) return false;
        break;
      case "DoesNotExist":
        if (value !== undefined) return false;
        break;
      default:
        throw new Error(`the operator ${String(operator)} is none of a label selector`);
    }
  }
  return true;
}

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly bits: bigint;
}

/** A CIDR: its first address, with as many leading bits as count. */
export interface Cidr extends Address {
  readonly length: number;
}

const width = (family: Family): number => (family === 4 ? 32 : 128);

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  let rest = text;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded) {
    const low = parseIpv4(embedded[2] ?? "");
    if (low === undefined) return undefined;
    rest = `${embedded[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = rest.split("::").map((half) => (half === "" ? [] : half.split(":")));
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...(tail ?? [])];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** @throws Error for a text that is no address */
export function parseAddress(text: string): Address {
  const family = text.includes(":") ? 6 : 4;
  const bits = family === 6 ? parseIpv6(text) : parseIpv4(text);
  if (bits === undefined) throw new Error(`${text} is no IP address`);
  return { family, bits };
}

/** The same few are asked about all the time. */
const parsed = new Map<string, Cidr>();

/** Bits behind the prefix are dropped, as `10.0.0.7/8` stands for `10.0.0.0/8`. @throws Error for a text that is none */
export function parseCidr(text: string): Cidr {
  const known = parsed.get(text);
  if (known) return known;
  const [address = "", length = ""] = text.split("/");
  const { family, bits } = parseAddress(address);
  if (!/^\d{1,3}$/.test(length) || Number(length) > width(family)) throw new Error(`${text} is no CIDR`);
  const behind = BigInt(width(family) - Number(length));
  const cidr = { family, bits: (bits >> behind) << behind, length: Number(length) };
  parsed.set(text, cidr);
  return cidr;
}

export function contains(cidr: Cidr, address: Address): boolean {
  const behind = BigInt(width(cidr.family) - cidr.length);
  return cidr.family === address.family && cidr.bits >> behind === address.bits >> behind;
}

/** Whether the whole of `inner` lies in `outer`. */
function covers(outer: Cidr, inner: Cidr): boolean {
  return inner.length >= outer.length && contains(outer, inner);
}

const overlap = (one: Cidr, other: Cidr): boolean => covers(one, other) || covers(other, one);

/** How many addresses of `range` are in `cidr` and in none of `except`. Halves the range until each part is plain. */
export function share(range: Cidr, cidr: Cidr, except: readonly Cidr[]): "all" | "some" | "none" {
  if (!overlap(range, cidr) || except.some((each) => covers(each, range))) return "none";
  if (covers(cidr, range) && !except.some((each) => overlap(each, range))) return "all";
  const length = range.length + 1;
  const upper = range.bits | (1n << BigInt(width(range.family) - length));
  const lowerShare = share({ ...range, length }, cidr, except);
  const upperShare = share({ ...range, length, bits: upper }, cidr, except);
  return lowerShare === upperShare ? lowerShare : "some";
}

export type Protocol = "TCP" | "UDP" | "SCTP" | "ICMP";

export interface ContainerPort {
  readonly name: string;
  readonly protocol: string;
  readonly number: number;
}

/**
 * Named ports of a pod (core/v1 ContainerPort; the protocol's default is TCP). An init container counts only as a sidecar
 * (`restartPolicy: Always`): the others have ended when the pod is ready.
 */
export function namedPortsOf(pod: Fields): readonly ContainerPort[] {
  const spec = fieldsOf(pod.spec);
  const running = [
    ...listOf(spec.containers),
    ...listOf(spec.initContainers).filter(({ restartPolicy }) => restartPolicy === "Always"),
  ];
  return running.flatMap((container) =>
    listOf(container.ports).flatMap(({ name, protocol, containerPort }) => {
      const named = textOf(name);
      return named === undefined
        ? []
        : [{ name: named, protocol: textOf(protocol) ?? "TCP", number: Number(containerPort) }];
    }),
  );
}
