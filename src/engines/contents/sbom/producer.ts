/** Who made and who supplies a package: persons told from organizations as far as what is declared lets one tell. */
import type { Distribution, Package } from "../model.ts";

export interface Contact {
  readonly kind: "person" | "organization";
  readonly name: string;
  readonly email?: string;
}

/** os-release ID → who distributes it, as they call themselves. */
const DISTRIBUTORS: ReadonlyMap<string, string> = new Map([
  ["debian", "Debian"],
  ["ubuntu", "Canonical"],
  ["alpine", "Alpine Linux"],
  ["rhel", "Red Hat"],
  ["centos", "CentOS Project"],
  ["fedora", "Fedora Project"],
  ["almalinux", "AlmaLinux OS Foundation"],
  ["rocky", "Rocky Enterprise Software Foundation"],
  ["ol", "Oracle"],
  ["amzn", "Amazon Web Services"],
  ["photon", "VMware"],
  ["mariner", "Microsoft"],
  ["azurelinux", "Microsoft"],
  ["sles", "SUSE"],
  ["sled", "SUSE"],
  ["opensuse-leap", "openSUSE Project"],
  ["opensuse-tumbleweed", "openSUSE Project"],
  ["arch", "Arch Linux"],
  ["wolfi", "Chainguard"],
  ["chainguard", "Chainguard"],
  ["openeuler", "openEuler"],
]);

/** The organization behind a distribution; its own name for itself where it is not known here. */
export function distributorOf({ id, prettyName }: Distribution): Contact {
  return { kind: "organization", name: DISTRIBUTORS.get(id) ?? prettyName ?? id };
}

/** Words that persons are not called. */
const ORGANIZATIONS: ReadonlySet<string> = new Set([
  ...["team", "teams", "group", "maintainers", "developers", "packagers", "project", "foundation", "community"],
  ...["inc", "ltd", "llc", "gmbh", "corp", "corporation", "company", "limited", "technologies", "software", "systems"],
  ...["authors", "contributors", "committee", "alliance", "consortium", "labs", "list", "packaging", "support"],
  ...["debian", "ubuntu", "alpine", "fedora", "linux", "suse", "oracle", "microsoft", "google", "docker", "nodesource"],
]);

/** `Name <address>`; undefined where no name is in it. */
export function contactOf(declared: string): Contact | undefined {
  const [first = ""] = declared.split("\n", 1);
  const open = first.indexOf("<");
  const close = first.indexOf(">", open);
  const address = open < 0 ? undefined : first.slice(open + 1, close < 0 ? undefined : close).trim();
  const stated = (open < 0 ? first : first.slice(0, open)).trim();
  const email = address !== undefined && isAddress(address) ? address : undefined;
  const name = plain(stated === "" ? (address ?? "") : stated);
  if (name === "") return undefined;
  return {
    kind: isOrganization(name, email) ? "organization" : "person",
    name,
    ...(email === undefined ? {} : { email }),
  };
}

/** Without what would be read as an address in SPDX, whose form is `name (address)`. */
function plain(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
  return name.replace(/[()\u0000-\u001f\u007f-\u009f]/g, " ").trim();
}

function isOrganization(name: string, email: string | undefined): boolean {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}]/u);
  if (words.some((word) => ORGANIZATIONS.has(word))) return true;
  // Addresses of lists.
  const host = email?.slice(email.indexOf("@") + 1).toLowerCase() ?? "";
  return host.startsWith("lists.") || host.startsWith("tracker.") || host.startsWith("packages.");
}

function isAddress(text: string): boolean {
  const at = text.indexOf("@");
  const host = text.slice(at + 1).split(".");
  const user = text.slice(0, at).split(".");
  if (at <= 0 || host.length < 2 || text.length > 254) return false;
  return (
    user.every((part) => /^[A-Za-z0-9_+-]+$/.test(part)) &&
    host.every((part) => /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(part))
  );
}

export interface Producers {
  /** Who distributes it. */
  readonly supplier?: Contact;
  /** Who maintains it, or wrote it. */
  readonly maintainer?: Contact;
}

/**
 * Of rpm the vendor supplies it. Of deb and apk the distribution does, but for a maintainer who is an organization with
 * an address elsewhere: a repository of its own. Of other packages whoever is declared, where that is an organization.
 */
export function producersOf(item: Package, distribution: Distribution | undefined): Producers {
  const declared = item.supplier === undefined ? undefined : contactOf(item.supplier);
  if (item.type === "rpm") {
    const supplier: Contact | undefined = declared === undefined ? undefined : { ...declared, kind: "organization" };
    return supplier === undefined ? ofDistribution(distribution) : { supplier };
  }
  if (item.type === "deb" || item.type === "apk" || item.type === "alpm") {
    if (declared === undefined) return ofDistribution(distribution);
    const own = ofDistribution(distribution);
    if (declared.kind === "organization" && !isOfDistribution(declared, distribution)) {
      return { supplier: declared, maintainer: declared };
    }
    return { ...own, maintainer: declared };
  }
  if (declared === undefined) return {};
  return declared.kind === "organization" ? { supplier: declared, maintainer: declared } : { maintainer: declared };
}

function ofDistribution(distribution: Distribution | undefined): Producers {
  return distribution === undefined ? {} : { supplier: distributorOf(distribution) };
}

/** Debian's teams maintain what Ubuntu distributes, under addresses of Debian's lists. */
function isOfDistribution({ name, email }: Contact, distribution: Distribution | undefined): boolean {
  if (distribution === undefined) return false;
  const text = `${name} ${email ?? ""}`.toLowerCase();
  if (email === undefined) return true;
  return [distribution.id, ...distribution.idLike, "debian", "alioth"].some((id) => text.includes(id));
}
