import { isNamed, isNumber, userOf } from "../knowledge/configured-user.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Images whose user Kubernetes cannot tell from root. */
export const userByName: ImageCheck<"config" | "passwd"> = {
  id: "image/user-by-name",
  title: "Image users set by name instead of UID",
  layer: "image",
  category: "configuration",
  controls: [],
  severity: "low",
  documentation: {
    what: "Checks the user that the image's configuration names: one by its name is reported, unless that is root's, which `image/runs-as-root` finds.",
    why: "Kubernetes does not look into `/etc/passwd`. With `runAsNonRoot: true` and no `runAsUser` it refuses to start a container whose image names its user by name, for that could be root.",
    fix: "Name the same user by its number: `USER 10001`, or `USER 10001:10001` with the group.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  },
  subject: "image",
  needs: { config: "complete", passwd: "partial" },
  applies: ({ config }) => isNamed(config.user),
  *evaluate({ config, passwd }) {
    const user = userOf(config.user);
    if (user === "" || user === "root" || isNumber(user)) return;
    const uid = passwd?.find(({ name }) => name === user)?.uid;
    if (uid === 0) return;
    yield {
      subject: `user ${user}`,
      severity: "low",
      title: `Image user ${user} is a name: Kubernetes cannot verify that the user is not root`,
      locations: [{ kind: "config", field: "config.User" }],
      matches: { ids: ["image/user-by-name"] },
      fix: { kind: "instruction", text: `set the user by UID: USER ${uid ?? "10001"}` },
      evidence: { user: config.user, ...(uid === undefined ? {} : { "user id": String(uid) }) },
    };
  },
};
