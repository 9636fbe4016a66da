import { describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

const DAY = 24 * 60 * 60 * 1000;

/** What kind of secret it is by its type (Kubernetes documentation, "Secrets", types of Secret). */
const replacing: ReadonlyMap<string, string> = new Map([
  ["kubernetes.io/service-account-token", "delete it once nobody uses it, and use tokens that end"],
  ["kubernetes.io/dockerconfigjson", "issue new credentials at the registry, or let the nodes' identity pull"],
  ["kubernetes.io/tls", "issue a new certificate with a new key, or let cert-manager renew it and its key"],
]);

/** Age of Secrets by their managed fields (Kubernetes, "Server-Side Apply", field management). */
export const secretNotRotated = clusterCheck<"secretAges">({
  name: "secret-not-rotated",
  title: "Secrets overdue for rotation",
  severity: "medium",
  documentation: {
    what: "Checks a live cluster for Secrets whose data is older than the policy lets them be: `rotation.secrets.maxAgeDays`, or what `types` and `namespaces` beside it say of the type or namespace, whichever is least. The API server notes when each writer of an object last changed something of its own; the data is as old as the latest note of those that wrote it, or older. Servers before 1.25 do not note that a value changed: of them it is unknown, and what one noted before it was upgraded may be older than the data. Any other finding is certain. Without one it is known that every Secret's writer changed something in that time, and not that each single value is new. Secrets that External Secrets, the Secrets Store CSI driver or the Vault Secrets Operator keep up are left to their store; so are Helm's records of releases. A file does not say how old its values are: nothing is said of it.",
    why: "What leaked unnoticed works until it is replaced: in a backup, a log, a laptop, or with somebody who left.",
    fix: "Issue a new secret, put it in, restart what reads it only once, and revoke the old one. Let a store rotate it, so that nobody has to remember.",
    references: [
      "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
      "https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management",
      "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ],
  },
  needs: { manifests: "partial", secretAges: "partial" },
  reads: ["secrets"],
  applies: ({ manifests, secretAges }) =>
    secretAges.judged && manifests.secrets.some(({ object }) => object.source.kind === "cluster"),
  *detect({ secretAges: { secrets } }, now) {
    for (const { secret, maxAgeDays, by } of secrets) {
      const { object, type, lastDataChange } = secret;
      const age = lastDataChange === undefined ? Number.NaN : now.getTime() - Date.parse(lastDataChange);
      if (!(age > maxAgeDays * DAY)) continue;
      const days = Math.floor(age / DAY);
      yield {
        object,
        path: ["data"],
        subject: describeObject(object),
        title: `Secret not rotated for ${days} days (limit: ${maxAgeDays})`,
        fix: replacing.get(type) ?? "issue a new secret, store it, and revoke the old one",
        evidence: { type, changed: lastDataChange ?? "", keptUpBy: "nothing that was recognised", policy: by },
      };
    }
  },
});
