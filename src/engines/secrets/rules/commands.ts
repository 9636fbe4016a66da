import type { SecretRule } from "../rule.ts";
import { passwordValidity } from "./validate/password.ts";

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "pattern" | "reference"> & Partial<SecretRule>;

/** A password that somebody typed: its rank is that of a command that may as well stand in a manual. */
function typed(rule: Given): SecretRule {
  return { validate: passwordValidity, confidence: "medium", severity: "medium", after: 320, ...rule };
}

/** Passwords on the command lines of programs, as they stand in scripts and in the history of shells. */
export const commandRules: readonly SecretRule[] = [
  typed({
    id: "piped-login-password",
    title: "Password given to the login of a command",
    keywords: ["--password-stdin", "--with-token"],
    pattern:
      /(?:echo|printf) (?:-[en]{1,2} )?["']?(?<secret>[^\s"'`|$<]{6,400})["']?\s{0,4}\|\s{0,4}(?:sudo )?[a-z][a-z0-9_-]{1,24} [^\r\n|;&]{0,160}?(?:--password-stdin|--with-token)/,
    before: 640,
    after: 24,
    severity: "high",
    reference: "https://docs.docker.com/reference/cli/docker/login/#password-stdin",
  }),
  typed({
    id: "login-command-password",
    title: "Password on the command line of a client",
    keywords: ["az login", "cf login", "oc login", "mongo", "sqlcmd ", "cqlsh ", "xfreerdp ", "ipmitool ", "influx "],
    pattern:
      /\b(?:(?:az|cf|oc) login|mongo(?:sh|dump|restore|export|import)?|sqlcmd|cqlsh|xfreerdp|ipmitool|influx) [^\r\n|;&]{0,200}?(?<=\s)(?:-[pP] ?|--?password[ =]|\/p:)["']?(?<secret>[^\s"'`$<;|&-][^\s"'`;|&]{4,160})/,
    reference: "https://learn.microsoft.com/en-us/cli/azure/authenticate-azure-cli",
  }),
  typed({
    id: "openssl-enc-password",
    title: "Password of an encryption on openssl's command line",
    keywords: ["openssl "],
    pattern:
      /openssl (?:enc|aes-?[a-z0-9-]{3,16}|des3?|bf|camellia[a-z0-9-]{3,16}) [^\r\n|;&]{0,160}?(?<=\s)-k ["']?(?<secret>[^\s"'`$<-][^\s"'`]{3,120})/,
    reference: "https://docs.openssl.org/master/man1/openssl-enc/",
  }),
  typed({
    id: "htpasswd-command-password",
    title: "Password on htpasswd's command line",
    keywords: ["htpasswd "],
    pattern:
      /htpasswd (?:-[a-zA-Z]{1,6} (?:[0-9]{1,2} )?){0,3}(?:-[a-zA-Z]{0,5}b[a-mo-zA-Z]{0,5} (?:-[a-zA-Z]{1,4} ){0,2}[^\s-][^\s]{0,160} |-[a-zA-Z]{0,5}(?:bn|nb)[a-zA-Z]{0,5} )["']?[\w.@-]{1,80}["']? ["']?(?<secret>[^\s"'`$<>-][^\s"'`>]{3,120})/,
    reference: "https://httpd.apache.org/docs/2.4/programs/htpasswd.html",
  }),
  typed({
    id: "ldap-command-password",
    title: "Password on the command line of an LDAP client",
    keywords: ["ldapsearch ", "ldapmodify ", "ldapadd ", "ldapdelete ", "ldappasswd ", "ldapwhoami "],
    pattern:
      /ldap(?:search|modify|add|delete|passwd|whoami) [^\r\n|;&]{0,240}?(?<=\s)-w ?["']?(?<secret>[^\s"'`$<-][^\s"'`]{3,120})/,
    after: 420,
    reference: "https://www.openldap.org/software/man.cgi?query=ldapsearch",
  }),
  typed({
    id: "samba-command-password",
    title: "Password on the command line of an SMB client",
    keywords: ["smbclient ", "rpcclient ", "mount.cifs ", "-t cifs "],
    pattern:
      /(?:(?:smb|rpc)client [^\r\n|;&]{0,200}?(?:-U ?|--user=)["']?[\w.\\/-]{1,80}%|(?:mount\.cifs|-t cifs) [^\r\n|;&]{0,240}?[,= ]pass(?:word)?=)(?<secret>[^\s"'`$<,][^\s"'`,]{3,120})/,
    after: 420,
    reference: "https://www.samba.org/samba/docs/current/man-html/smbclient.1.html",
  }),
];
