import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { Account, AccountFile } from "../../engines/contents/model.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Shells with which nobody gets in: nologin(8), false(1). */
const NO_SHELL = /\/(?:nologin|false)$/;

/** Accounts without a password, and other names for root (passwd(5), shadow(5)). */
export const unsafeAccounts: ImageCheck<"accounts" | "layers"> = {
  id: "image/unsafe-accounts",
  title: "Passwordless accounts or extra UID 0 accounts",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "it is about accounts inside the image, and control 4 counts workloads",
  severity: "high",
  documentation: {
    what: "Checks `/etc/passwd` and `/etc/shadow` of the image. An account whose field for the password is empty is reported, low where its shell lets nobody in; so is every account with the user id 0 beside root. Hashes of passwords are the affair of `image/embedded-secret`.",
    why: "`su` asks nothing of anyone who becomes a user without a password: any process that can start it becomes root where that is root's account, and so does anyone who reaches an SSH or console login. A second name for root is how a way back in is kept, and rules that name root do not see it.",
    fix: "Lock the account in the instruction that makes it: `passwd -l NAME`, or `*` in the second field of `/etc/shadow`. Give every account but root a user id of its own.",
    references: [
      "https://man7.org/linux/man-pages/man5/shadow.5.html",
      "https://man7.org/linux/man-pages/man5/passwd.5.html",
    ],
  },
  subject: "image",
  needs: { accounts: "partial", layers: "partial" },
  looked: ({ accounts: { passwd } }) => ({ accounts: String(passwd?.accounts.length ?? 0) }),
  *evaluate({ accounts: { passwd, shadow }, layers }) {
    const hidden = new Map(shadow?.accounts.map((account) => [account.name, account]));
    const seen = new Set<string>();
    for (const account of passwd?.accounts ?? []) {
      // The first of a name is the one that counts.
      if (seen.has(account.name)) continue;
      seen.add(account.name);
      const inShadow = account.password === "elsewhere";
      const file = inShadow ? shadow : passwd;
      const password = inShadow ? hidden.get(account.name)?.password : account.password;
      if (password === "none" && file !== undefined) yield withoutPassword(account, file, layers);
      if (account.uid === 0 && account.name !== "root" && passwd !== undefined) {
        yield {
          ...common(passwd, layers),
          subject: `user id 0 of ${account.name}`,
          severity: "high",
          title: `Account ${account.name} has UID 0 (root)`,
          fix: { kind: "instruction", text: `set a unique UID for ${account.name}, or remove the account` },
          evidence: { account: account.name },
        };
      }
    }
  },
};

function withoutPassword(
  { name, shell = "" }: Account,
  file: AccountFile,
  layers: readonly LayerReference[],
): FindingDraft {
  const isShut = NO_SHELL.test(shell);
  return {
    ...common(file, layers),
    subject: `password of ${name}`,
    severity: isShut ? "low" : "high",
    title: `Account ${name} has no password${isShut ? ` (shell ${shell})` : ""}`,
    fix: { kind: "instruction", text: `lock the account: passwd -l ${name}` },
    evidence: { account: name, shell: shell === "" ? "/bin/sh" : shell },
  };
}

function common(
  { path, layer }: AccountFile,
  layers: readonly LayerReference[],
): Pick<FindingDraft, "locations" | "matches"> {
  const reference = layer === undefined ? undefined : layers[layer];
  const location: Location =
    reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
  return { locations: [location], matches: { ids: ["image/unsafe-accounts"], path } };
}
