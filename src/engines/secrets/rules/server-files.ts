import type { SecretRule, SecretValidity } from "../rule.ts";
import { inFiles } from "./forms.ts";
import { passwordValidity } from "./validate/password.ts";

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "pattern" | "reference"> & Partial<SecretRule>;

/** A hash is none that stands for another: `$` and `{` begin it, as they begin a reference. */
function hashOrPassword(secret: string): SecretValidity {
  return /^(?:\$\w{1,2}\$|\{[A-Z]|e1)/.test(secret) ? "valid" : passwordValidity(secret);
}

/** A password, or the hash of one, in a form that its program's documentation gives. */
function stored(rule: Given): SecretRule {
  return { validate: hashOrPassword, confidence: "high", severity: "medium", ...rule };
}

/** Files in which servers, network devices and databases keep passwords, in the clear or hashed. */
export const serverFileRules: readonly SecretRule[] = [
  stored({
    id: "network-manager-key",
    title: "Key of a network in NetworkManager or hostapd",
    keywords: ["psk=", "wpa_passphrase=", "password="],
    pattern: /^[ \t]{0,8}(?:psk|wpa_passphrase|password)=(?<secret>[^\s"'][^\r\n]{7,62})$/m,
    paths: inFiles("*.nmconnection", "hostapd.conf"),
    reference: "https://networkmanager.dev/docs/api/latest/nm-settings-keyfile.html",
  }),
  stored({
    id: "postfix-sasl-password",
    title: "Password of a mail relay in Postfix",
    keywords: ["smtp", "mail", "]:587", "]:465", "]:25", "relay"],
    pattern: /^[ \t]{0,8}\[?[\w.-]{3,200}\]?(?::\d{2,5})?[ \t]{1,16}[^\s:#]{1,160}:(?<secret>\S{4,160})[ \t]{0,8}$/m,
    before: 200,
    after: 480,
    severity: "high",
    paths: inFiles("sasl_passwd", "sasl_password", "relay_passwd", "smtp_auth"),
    reference: "https://www.postfix.org/SASL_README.html#client_sasl_enable",
  }),
  stored({
    id: "ppp-secret",
    title: "Secret of PPP's CHAP or PAP",
    keywords: [" * "],
    pattern:
      /^(?!#)[ \t]{0,8}(?:"[^"\r\n]{1,80}"|[^\s"#]{1,80})[ \t]{1,16}\*[ \t]{1,16}"?(?<secret>[^\s"*]{4,120})"?(?:[ \t]|$)/m,
    before: 200,
    after: 200,
    paths: inFiles("chap-secrets", "pap-secrets"),
    reference: "https://man7.org/linux/man-pages/man8/pppd.8.html",
  }),
  stored({
    id: "snmp-user-password",
    title: "Password of an SNMP user or community",
    keywords: ["createuser", "rwcommunity", "snmp-server community"],
    pattern:
      /(?:createUser[ \t]{1,8}[\w.-]{1,32}[ \t]{1,8}(?:MD5|SHA[-0-9]{0,4})[ \t]{1,8}"?|rwcommunity6?[ \t]{1,8}|snmp-server community )(?!public\b|private\b)(?<secret>[^\s"<$()]{6,80})/i,
    confidence: "medium",
    reference: "https://www.net-snmp.org/docs/man/snmpd.conf.html",
  }),
  stored({
    id: "cisco-password",
    title: "Password in the configuration of a Cisco device",
    keywords: ["enable secret", "enable password", "username "],
    pattern:
      /^[ \t]{0,4}(?:enable|username [\w.-]{1,40})(?: privilege \d{1,2})?(?: algorithm-type \w{3,8})? (?:secret|password) (?:[05789] )?(?<secret>[^\s<"'$][^\s<"']{4,120}|\$[1589]\$[^\s<"']{10,120})/m,
    confidence: "medium",
    reference: "https://www.cisco.com/c/en/us/td/docs/ios-xml/ios/security/d1/sec-d1-cr-book.html",
  }),
  stored({
    id: "directory-password-hash",
    title: "Password hash of a directory",
    keywords: ["userpassword:", "rootpw"],
    pattern:
      /(?:userPassword::?|rootpw)[ \t]{1,16}(?<secret>\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PBKDF2[A-Z0-9-]{0,12}|ARGON2)\}[^\s"']{13,240}|e1[A-Za-z0-9+/]{24,300}={0,2})/i,
    after: 420,
    reference: "https://www.rfc-editor.org/rfc/rfc2307#section-5.3",
  }),
  stored({
    id: "directory-root-password",
    title: "Password of a directory's administrator",
    keywords: ["rootpw"],
    pattern: /^[ \t]{0,8}rootpw[ \t]{1,16}(?<secret>[^\s{"'#<-][^\s]{3,80})[ \t]{0,8}$/m,
    severity: "high",
    reference: "https://www.openldap.org/software/man.cgi?query=slapd.conf",
  }),
  stored({
    id: "jenkins-encrypted-secret",
    title: "Secret in Jenkins' configuration, encrypted by its master key",
    keywords: ["{AQAAAB"],
    pattern: /\{(?<secret>AQAAAB[A-Za-z0-9+/]{24,4000}={0,2})\}/,
    before: 4,
    after: 4_096,
    severity: "low",
    reference: "https://www.jenkins.io/doc/developer/security/secrets/",
  }),
  stored({
    id: "mysql-password-hash",
    title: "Password hash of MySQL",
    keywords: ["identified ", "mysql_native_password", "authentication_string"],
    pattern: /(?:AS|PASSWORD|VALUES|,|=|BY)\s{0,4}\(?'(?<secret>\*[0-9A-F]{40})'/i,
    after: 320,
    reference: "https://dev.mysql.com/doc/refman/8.4/en/native-pluggable-authentication.html",
  }),
  stored({
    id: "account-row-digest",
    title: "Digest in the row of an account",
    keywords: ["insert into", ".com'", ".net'", ".org'", ".edu'", ".io'"],
    // The first row of a table of accounts, or a row that has an address beside a digest.
    pattern:
      /(?:INSERT INTO [`"[]?\w{0,30}(?:user|account|member|customer|login|admin|employee)\w{0,20}[`"\]]?[^;'()]{0,40}(?:\([^()]{0,400}\)\s{0,8})?VALUES?\s{0,8}\([^();]{0,300}?|\((?=[^()\r\n]{0,500}'[\w.+-]{1,60}@)[^()\r\n]{0,500}?)'(?<secret>[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})'/i,
    before: 520,
    after: 900,
    confidence: "medium",
    severity: "low",
    paths: (path) => /\.(?:sql|dump|mysql|pgsql|bak)$/i.test(path),
    reference: "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
  }),
];
