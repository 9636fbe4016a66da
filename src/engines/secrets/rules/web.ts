import type { SecretRule, SecretValidity } from "../rule.ts";
import { leadsToPassword, leadsToUser } from "./leads.ts";
import { basicCredentials } from "./validate/base64.ts";
import { isExampleHost, isPlaceholder, passwordValidity } from "./validate/password.ts";

/** A password in a URL of the web; hosts of this machine and of RFC 2606 make it "unsure". */
function inUrl(secret: string, match: RegExpExecArray): SecretValidity {
  const { user = "", host = "" } = match.groups ?? {};
  // A user has no bracket (RFC 3986, 3.2.1): a description of what may stand there has.
  if (user.startsWith("[")) return "invalid";
  if (isPlaceholder(secret) || isPlaceholder(host) || (user !== "" && isPlaceholder(user))) return "invalid";
  return isExampleHost(host) ? "unsure" : "valid";
}

/** Basic credentials whose password is no placeholder. */
function basic(secret: string): SecretValidity {
  const credentials = basicCredentials(secret);
  return credentials === undefined || isPlaceholder(credentials.password) ? "invalid" : "valid";
}

/** What HTTP carries, and what people type on command lines. */
export const webRules: readonly SecretRule[] = [
  {
    id: "basic-auth-url",
    title: "URL with a password",
    keywords: [
      ...["http://", "https://", "ftp://", "ftps://", "sftp://", "ssh://", "smb://", "socks5://"],
      ...["smtp://", "smtps://", "imap://", "imaps://", "pop3://", "pop3s://", "rtsp://", "rtsps://", "vnc://"],
    ],
    pattern:
      /(?:https?|s?ftps?|ssh|smb|socks5|smtps?|imaps?|pop3s?|rtsps?|vnc):\/\/(?<user>[^\s:@/"'`<>?#\\]{0,80}):(?<secret>[^\s@/"'`<>?#\\]{3,200})@(?<host>[^\s:/,?"'`@<>]{1,253})/i,
    before: 24,
    after: 576,
    leads: leadsToPassword,
    validate: inUrl,
    confidence: "medium",
    severity: "high",
    reference: "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
  },
  {
    id: "git-url-token",
    title: "Git URL with a token for a user name",
    keywords: ["https://"],
    pattern:
      /https:\/\/(?<secret>[A-Za-z0-9_-]{20,120})@(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}\/[^\s"'`]{1,160}(?:\.git|\/_git\/)/,
    before: 8,
    after: 400,
    leads: leadsToUser,
    minEntropy: 3.5,
    confidence: "medium",
    severity: "high",
    reference: "https://git-scm.com/docs/gitcredentials",
  },
  {
    id: "authorization-bearer",
    title: "Authorization header with a bearer token",
    keywords: ["bearer "],
    pattern:
      /authorization["']?\s{0,2}[:=,]\s{0,4}["'`]?bearer (?<secret>[A-Za-z0-9._~+/-]{20,1200}={0,2})(?![A-Za-z0-9$({])/i,
    after: 1400,
    minEntropy: 3.5,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
  },
  {
    id: "authorization-basic",
    title: "Authorization header with a password",
    keywords: ["basic "],
    pattern:
      /authorization["']?\s{0,2}[:=,]\s{0,4}["'`]?basic (?<secret>[A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9+/=])/i,
    after: 480,
    validate: basic,
    confidence: "high",
    severity: "high",
    reference: "https://www.rfc-editor.org/rfc/rfc7617",
  },
  {
    id: "curl-user-password",
    title: "Password on curl's command line",
    keywords: ["curl "],
    pattern:
      /curl [^\r\n|;]{0,200}?(?:-u|--user)[ =]{1,2}(?:"(?<quoted>[^":\s]{1,80}):|'[^':\s]{1,80}:|[^"':\s]{1,80}:)(?<secret>[^\s"']{3,160})/,
    after: 512,
    validate: (secret) =>
      /^(?:token|password|passwd|pass|secret|key|apikey|api_key)$/i.test(secret) ? "invalid" : passwordValidity(secret),
    confidence: "medium",
    severity: "high",
    reference: "https://curl.se/docs/manpage.html#-u",
  },
  {
    id: "registry-login-password",
    title: "Password on the command line of a registry login",
    keywords: ["docker login", "podman login", "buildah login", "skopeo login", "helm registry login", "oras login"],
    pattern:
      /(?:docker|podman|buildah|skopeo|helm registry|oras) login[^\r\n|;&]{0,160}?(?: -p[ =]{0,1}| --password[ =])["']?(?<secret>[^\s"'-][^\s"']{2,200})/,
    after: 480,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://docs.docker.com/reference/cli/docker/login/",
  },
  {
    id: "sshpass-password",
    title: "Password on sshpass's command line",
    keywords: ["sshpass"],
    pattern: /sshpass (?:-v )?-p[ =]{0,1}["']?(?<secret>[^\s"']{2,160})/,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://sourceforge.net/projects/sshpass/",
  },
  {
    id: "mysql-command-password",
    title: "Password on a MySQL command line",
    keywords: ["mysql", "mariadb"],
    pattern:
      /(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)(?: -[a-zA-Z-]{1,24}(?:[ =][^\s"'-][^\s"']{0,60})?){0,6} (?:-p|--password=)["']?(?<secret>[^\s"';|&>-][^\s"';|&>]{2,100})/,
    validate: passwordValidity,
    confidence: "medium",
    severity: "medium",
    reference: "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
  },
  {
    id: "chpasswd-password",
    title: "Password given to chpasswd",
    keywords: ["chpasswd"],
    pattern:
      /echo (?:-e |-n )?["']?[a-z_][a-z0-9_-]{0,31}:(?<secret>[^\s"'|]{1,120})["']?\s{0,4}\| ?(?:sudo )?(?:\/usr\/sbin\/)?chpasswd/,
    before: 224,
    after: 16,
    validate: passwordValidity,
    confidence: "high",
    severity: "high",
    reference: "https://man7.org/linux/man-pages/man8/chpasswd.8.html",
  },
  {
    id: "passwd-stdin-password",
    title: "Password given to passwd",
    keywords: ["passwd --stdin"],
    pattern: /echo (?:-n )?["']?(?<secret>[^\s"'|]{2,120})["']?\s{0,4}\| ?(?:sudo )?passwd --stdin/,
    before: 192,
    after: 32,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://man7.org/linux/man-pages/man1/passwd.1.html",
  },
  {
    id: "useradd-password-hash",
    title: "Password hash on useradd's or usermod's command line",
    keywords: ["useradd", "usermod"],
    pattern:
      /user(?:add|mod) [^\r\n|;&]{0,160}?(?:-p|--password)[ =]["']?(?<secret>\\?\$(?:1|2[aby]|5|6|y)\\?\$[^\s"']{8,200})/,
    after: 480,
    confidence: "high",
    severity: "medium",
    reference: "https://man7.org/linux/man-pages/man8/useradd.8.html",
  },
  {
    // Nothing is given to a variable whose sign a blank follows: a shell's command is what comes next, with its arguments.
    id: "pgpassword-variable",
    title: "Password in PGPASSWORD or MYSQL_PWD",
    keywords: ["PGPASSWORD", "MYSQL_PWD", "REDISCLI_AUTH"],
    pattern:
      /(?:(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)["']?(?:[ \t]{0,2}[:=][ \t]{0,2}(?<!\w=[ \t]{1,2})|=[ \t]{1,2}(?![^\s"'`;&|,]{1,160}[ \t]{1,8}[^\s#]))|ENV[ \t]{1,4}(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)[ \t]{1,4})["']?(?<secret>[^\s"'`$;&|,(){}][^\s"'`;&|,]{1,160})/,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://www.postgresql.org/docs/current/libpq-envars.html",
  },
  {
    id: "authorization-token",
    title: "Authorization header with a token",
    keywords: ["authorization"],
    pattern:
      /authorization["']?\s{0,2}[:=,]\s{0,4}["'`]?(?:token|bot|api-?key|key|pat|ssws|sso-key|genie-?key|klaviyo-api-key|discogs token=)[ =](?:token=)?["']?(?<secret>[A-Za-z0-9._~+/-]{20,400}={0,2})(?![A-Za-z0-9$({])/i,
    before: 8,
    after: 480,
    minEntropy: 3.5,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2",
  },
  {
    id: "redis-command-password",
    title: "Password on redis-cli's command line",
    keywords: ["redis-cli"],
    pattern:
      /redis-cli(?: -[a-zA-Z-]{1,16}(?:[ =][^\s"'-][^\s"']{0,60})?){0,6} (?:-a|--pass)[ =]["']?(?<secret>[^\s"'`;|&>$<-][^\s"'`;|&>]{2,120})/,
    before: 2,
    after: 560,
    validate: passwordValidity,
    confidence: "medium",
    severity: "medium",
    reference: "https://redis.io/docs/latest/develop/tools/cli/",
  },
  {
    id: "login-call-password",
    title: "Password given to a login in a program",
    keywords: [".login("],
    pattern: /\.login\(\s{0,8}["'][^"'\s@]{1,80}@[^"'\s]{1,120}["'],\s{0,8}["'](?<secret>[^"'\s<>{}$]{5,80})["']/,
    before: 2,
    validate: passwordValidity,
    confidence: "low",
    severity: "low",
    reference: "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
  },
];
