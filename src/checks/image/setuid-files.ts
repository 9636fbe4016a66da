import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference } from "../../core/location.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import type { PathPermissions } from "../../engines/contents/model.ts";
import { listed, octal, originOf, placesOf, removedAmong } from "../findings/path-places.ts";
import type { ImageCheck } from "../subjects/image.ts";

const SETUID = 0o4000;
const SETGID = 0o2000;

/** Where distributions put programs; what is elsewhere somebody else brought. */
const SYSTEM = /^(?:usr\/)?(?:s?bin|lib(?:32|64|exec)?)\//;

/** Programs that distributions ship so, by their manual pages: to change passwords, to mount, to send packets. */
const EXPECTED: ReadonlySet<string> = new Set([
  ..."su mount umount passwd chsh chfn newgrp gpasswd sg chage expiry unix_chkpwd unix_update ping ping6".split(" "),
  ..."fusermount fusermount3 ssh-keysign ssh-agent dbus-daemon-launch-helper wall write bsd-write crontab".split(" "),
  ..."newuidmap newgidmap pam_timestamp_check userhelper grub2-set-bootflag utempter bbsuid chkpwd mount.nfs".split(
    " ",
  ),
  ..."pam_extrausers_chkpwd polkit-agent-helper-1 mail-lock mail-unlock mail-touchlock dotlockfile locate".split(" "),
  ..."plocate mlocate postdrop postqueue exim4 vmware-user-suid-wrapper Xorg.wrap lockspool screen at traceroute6".split(
    " ",
  ),
]);

/** Made to raise rights by their own configuration: expected of a base, a decision of an application's. */
const RAISERS: ReadonlySet<string> = new Set(["sudo", "sudoedit", "doas", "pkexec", "super", "calife", "sudoreplay"]);

/** With root's rights each of these is root: it starts what it is told, or writes any file. */
const INTERPRETER =
  /^(?:(?:ba|da|a|z|k|c|tc|fi)?sh|busybox|toybox|env|find|xargs|awk|[gm]awk|sed|vim?|nano|emacs|less|more|man|ed|(?:python|perl|ruby|lua|php|node|java|guile|tclsh)[\d.]*|cp|mv|dd|tar|rsync|install|chmod|chown|tee|cat|nmap|gdb|strace|make|git|curl|wget|nc|ncat|socat|docker|podman|systemctl|nsenter|unshare|chroot|setpriv|gosu|su-exec|openssl|mysql|psql|sqlite3)$/;

/** Programs that run with the rights of their owner or group. */
export const setuidFiles: ImageCheck<"paths" | "layers" | "baseLayers"> = {
  id: "image/setuid-files",
  title: "Setuid and setgid programs",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl:
    "whether a program's privileges count is up to the workload: control 4, by workload/capabilities-restricted",
  severity: "varies",
  documentation: {
    what: "Checks the mode of every file of every layer. The setuid and setgid programs that distributions are known to ship (`su`, `mount`, `passwd`…) are one low finding. Of the others those are high that are root's and are a shell, an interpreter or a like tool, or stand outside the system's directories of programs; the rest, and `sudo` and its like where the application brings them, are medium. A program that a higher layer removes, or whose bit it takes, is not there, and is only counted.",
    why: "Anyone who gets into the container as an ordinary user becomes root in it by a vulnerability, or by the plain use, of a program that runs with root's rights. `allowPrivilegeEscalation: false` and `no-new-privileges` make the kernel ignore the bit; without them it is all that is needed.",
    fix: "Take the bit away where it comes into being, in the same instruction: `chmod u-s,g-s`. For all of them, in a last RUN: `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`. Run workloads with `allowPrivilegeEscalation: false`.",
    references: [
      "https://man7.org/linux/man-pages/man2/execve.2.html",
      "https://docs.kernel.org/userspace-api/no_new_privs.html",
    ],
  },
  subject: "image",
  needs: { paths: "partial", layers: "partial", baseLayers: "partial" },
  looked: ({ paths }) => removedAmong(paths),
  *evaluate({ paths, layers, baseLayers }) {
    const programs = paths.filter((one) => one.removedIn === undefined && isRaised(one));
    const isGrouped = (one: PathPermissions): boolean => isExpected(one, originOf(one, baseLayers) === "application");
    const [first, ...expected] = programs.filter(isGrouped);
    if (first !== undefined) yield knownOnes([first, ...expected], layers);
    for (const one of programs) {
      if (isGrouped(one)) continue;
      const { path, mode, owner, layer } = one;
      const origin = originOf(one, baseLayers);
      const runs = bitsOf(one);
      yield {
        subject: `${runs} ${path}`,
        severity: severityOf(one),
        title: `/${path} is ${runs}${owner === undefined || owner === 0 ? "" : ` of user ${owner}`}`,
        locations: placesOf([one], layers),
        matches: { ids: ["image/setuid-files"], path },
        fix: {
          kind: "instruction",
          text: `run chmod a-s /${path} in the RUN or COPY that adds the file`,
        },
        ...(origin === undefined ? {} : { origin }),
        evidence: { mode: octal(mode), layer: String(layer + 1) },
      };
    }
  },
};

function knownOnes(known: readonly PathPermissions[], layers: readonly LayerReference[]): FindingDraft {
  const names = [...new Set(known.map(({ path }) => nameOf(path)))];
  return {
    subject: "setuid programs of the distribution",
    severity: "low",
    title: `${names.length === 1 ? "Setuid or setgid program" : `${names.length} setuid or setgid programs`} of the distribution: ${listed(names)}`,
    locations: placesOf(known, layers),
    matches: { ids: ["image/setuid-files"] },
    fix: {
      kind: "instruction",
      text: "add a last RUN: find / -xdev -perm /6000 -type f -exec chmod a-s {} +",
    },
    evidence: { programs: String(known.length) },
  };
}

/** The bits that act: capabilities alone are the affair of another check. */
function isRaised({ type, mode }: PathPermissions): boolean {
  return (
    type === "file" &&
    (((mode & SETUID) !== 0 && (mode & 0o111) !== 0) || ((mode & SETGID) !== 0 && (mode & 0o010) !== 0))
  );
}

/** A distribution's upgrade in an application's layer is still the distribution's program. */
function isExpected({ path }: PathPermissions, isApplications: boolean): boolean {
  if (!SYSTEM.test(path)) return false;
  const name = nameOf(path);
  return EXPECTED.has(name) || (RAISERS.has(name) && !isApplications);
}

function severityOf({ path, mode, owner }: PathPermissions): RatedSeverity {
  if ((mode & SETUID) === 0 || (owner !== undefined && owner !== 0)) return "medium";
  return !SYSTEM.test(path) || INTERPRETER.test(nameOf(path)) ? "high" : "medium";
}

function bitsOf({ mode }: PathPermissions): string {
  const both = [...((mode & SETUID) === 0 ? [] : ["setuid"]), ...((mode & SETGID) === 0 ? [] : ["setgid"])];
  return both.join(" and ");
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
