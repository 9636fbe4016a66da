import type { FindingDraft } from "../../core/finding.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import { isNumber, userOf } from "../knowledge/configured-user.ts";
import type { ImageCheck } from "../subjects/image.ts";

const FIX = "add a user and end the Dockerfile with USER 10001";

/** Images whose processes start as root (OCI image specification, config.md, `User`). */
export const runsAsRoot: ImageCheck<"config" | "passwd" | "application"> = {
  id: "image/runs-as-root",
  title: "Images running as root",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "a workload may set another user: control 4 counts workloads, by workload/run-as-non-root",
  severity: "varies",
  documentation: {
    what: "Checks the user that the image's configuration names, as a container runtime does: none, `0`, `root`, or a name that the image's own `/etc/passwd` gives the user id 0. It is high where the image has an application's layers on its base, and medium where it is a base and no more, or where its base is not recognized: anyone who builds on a base names the user. A name that `/etc/passwd` does not know is medium.",
    why: "A process of root in a container is root for the kernel as well, unless user namespaces are in use. Anyone who breaks into it can change every file of the image, and a vulnerability of the runtime or a careless mount gives them the host. A workload may name another user, and the image is made for root all the same: its files are root's. With a name that nobody knows no container starts.",
    fix: "Make a user while the image is built, give it the files that it must write, and name it by number at the end: `USER 10001`. An entrypoint that starts as root and gives its rights up needs an exception, or better, a workload that starts it as the other user from the beginning.",
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/config.md",
      "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
  },
  subject: "image",
  needs: { config: "complete", passwd: "partial", application: "partial" },
  looked: ({ config }) => ({ user: config.user === "" ? "none" : config.user }),
  *evaluate({ config, passwd, application }) {
    const user = userOf(config.user);
    const asRoot: RatedSeverity = application === "some" ? "high" : "medium";
    const layers = application === "none" ? { layers: "of a base alone" } : {};
    if (user === "") yield found(asRoot, "No USER set: image runs as root", config.user, layers);
    else if (isNumber(user)) {
      if (Number(user) === 0) yield found(asRoot, "It runs as user 0, which is root", config.user, layers);
    } else {
      const uid = passwd?.find(({ name }) => name === user)?.uid;
      if (uid === 0 || (uid === undefined && user === "root")) {
        const what = user === "root" ? "Image runs as root" : `Image runs as ${user}, which has UID 0 in /etc/passwd`;
        yield found(asRoot, what, config.user, layers);
      } else if (uid === undefined) {
        const why = passwd === undefined ? "and has no /etc/passwd" : "which is not in /etc/passwd";
        yield found("medium", `Image sets the user ${user}, ${why}: containers do not start`, config.user, {});
      }
    }
  },
};

function found(
  severity: RatedSeverity,
  title: string,
  user: string,
  evidence: Readonly<Record<string, string>>,
): FindingDraft {
  return {
    subject: "user",
    severity,
    title,
    locations: [{ kind: "config", field: "config.User" }],
    matches: { ids: ["image/runs-as-root"] },
    fix: { kind: "instruction", text: FIX },
    evidence: { user: user === "" ? "none" : user, ...evidence },
  };
}
