import type { RatedSeverity } from "../../core/severity.ts";
import type { PathPermissions } from "../../engines/contents/model.ts";
import { clipSubject } from "../findings/one-line.ts";
import { originOf, placesOf } from "../findings/path-places.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Each alone is root, or as good as root (capabilities(7)). */
const ROOT: ReadonlySet<string> = new Set([
  ..."cap_sys_admin cap_sys_module cap_sys_rawio cap_sys_ptrace cap_dac_override cap_dac_read_search".split(" "),
  ..."cap_setuid cap_setgid cap_setfcap cap_setpcap cap_chown cap_fowner cap_bpf cap_mac_admin".split(" "),
  ..."cap_mac_override cap_linux_immutable cap_sys_boot cap_mknod".split(" "),
]);

/** What ordinary programs are given so that they need not be setuid. */
const ORDINARY: ReadonlySet<string> = new Set([
  ..."cap_net_bind_service cap_net_raw cap_ipc_lock cap_sys_nice cap_kill cap_audit_write cap_wake_alarm".split(" "),
]);

/** Distributions ship these with the right to set ids, in place of setuid (newuidmap(1)). */
const EXPECTED = /^(?:usr\/)?s?bin\/(?:newuidmap|newgidmap|ping|ping6|arping|clockdiff|tracepath|mtr-packet)$/;

/** Programs that have capabilities whoever starts them. */
export const fileCapabilities: ImageCheck<"paths" | "layers" | "baseLayers"> = {
  id: "image/file-capabilities",
  title: "Files with Linux capabilities",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl:
    "whether a program's privileges count is up to the workload: control 4, by workload/capabilities-restricted",
  severity: "varies",
  documentation: {
    what: "Checks the extended attribute `security.capability` of every file of every layer (versions 1 to 3). Capabilities that make anyone who has them root, or as good as root, are high; those to bind low ports, to send raw packets and the like are low, and so are the programs that distributions are known to ship with them; the rest is medium.",
    why: "It is setuid in smaller pieces: an ordinary user of the container gets the capability by starting the program, as far as the container's own bound allows. `allowPrivilegeEscalation: false` and `no-new-privileges` make the kernel ignore it.",
    fix: "Take it away with `setcap -r`, in the instruction that brings the program, or let the program do without: a port from 1024 on needs none.",
    references: ["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
  },
  subject: "image",
  needs: { paths: "partial", layers: "partial", baseLayers: "partial" },
  *evaluate({ paths, layers, baseLayers }) {
    for (const one of paths) {
      const { path, capabilities, removedIn, layer } = one;
      if (capabilities === undefined || removedIn !== undefined) continue;
      const origin = originOf(one, baseLayers);
      yield {
        subject: clipSubject(`capabilities of ${path}: ${namesOf(capabilities)}`),
        severity: severityOf(one),
        title: `/${path} ${sentence(capabilities)}`,
        locations: placesOf([one], layers),
        matches: { ids: ["image/file-capabilities"], path },
        fix: { kind: "instruction", text: `run setcap -r /${path} in the instruction that adds the file` },
        ...(origin === undefined ? {} : { origin }),
        evidence: { ...evidenceOf(capabilities), layer: String(layer + 1) },
      };
    }
  },
};

type Capabilities = NonNullable<PathPermissions["capabilities"]>;

function namesOf(capabilities: Capabilities): string {
  if (capabilities.kind === "unreadable") return "unreadable";
  return [...new Set([...capabilities.permitted, ...capabilities.inheritable])].sort().join(",");
}

function severityOf({ path, capabilities }: PathPermissions): RatedSeverity {
  if (capabilities === undefined || capabilities.kind === "unreadable") return "low";
  const { permitted } = capabilities;
  if (EXPECTED.test(path) || permitted.every((name) => ORDINARY.has(name))) return "low";
  return permitted.some((name) => ROOT.has(name)) ? "high" : "medium";
}

function sentence(capabilities: Capabilities): string {
  if (capabilities.kind === "unreadable") return `has capabilities that cannot be read: ${capabilities.reason}`;
  const { permitted, inheritable } = capabilities;
  if (permitted.length > 0) return `has ${joined(permitted)}`;
  return inheritable.length === 0 ? "has an empty set of capabilities" : `can inherit ${joined(inheritable)}`;
}

/** All of them at once is common enough: 41 names help nobody. */
function joined(names: readonly string[]): string {
  return names.length > 8
    ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more capabilities`
    : names.join(", ");
}

function evidenceOf(capabilities: Capabilities): Record<string, string> {
  if (capabilities.kind === "unreadable") return {};
  const { effective, rootId } = capabilities;
  return {
    effective: effective ? "from the start" : "when asked for",
    ...(rootId === undefined || rootId === 0 ? {} : { "in the user namespace of": String(rootId) }),
  };
}
