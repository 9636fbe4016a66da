import type { SecretRule } from "../rule.ts";
import { inFiles } from "./forms.ts";
import { decodeBase64 } from "./validate/base64.ts";
import { isPlaceholder, passwordValidity } from "./validate/password.ts";

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "pattern" | "reference"> & Partial<SecretRule>;

/** A password in a file whose name or form says that it is one. */
function filed(rule: Given): SecretRule {
  return { validate: passwordValidity, confidence: "high", severity: "high", ...rule };
}

/** What a program calls the field of a mail server's password. */
const ITS_NAME = /^(?:(?:e-?mail|smtp|host|server|user)[_-]?){0,4}(?:password|passwd|pass)$/i;

/** Files of credentials that build tools, package managers and clients keep. */
export const toolFileRules: readonly SecretRule[] = [
  filed({
    id: "pypirc-password",
    title: "Password in a .pypirc file",
    keywords: ["password"],
    pattern: /^password[ \t]{0,4}[=:][ \t]{0,4}(?<secret>[^\s#][^\r\n]{1,400})/m,
    after: 480,
    paths: inFiles(".pypirc", "pypirc"),
    reference: "https://packaging.python.org/en/latest/specifications/pypirc/",
  }),
  filed({
    id: "maven-server-password",
    title: "Password in Maven's settings",
    keywords: ["<password>", "<passphrase>"],
    pattern: /<server>[\s\S]{0,400}?<pass(?:word|phrase)>\s{0,40}(?<secret>[^\s<>{}$][^<>\r\n]{1,300}?)\s{0,40}<\/pass/,
    before: 480,
    after: 400,
    reference: "https://maven.apache.org/settings.html#servers",
  }),
  filed({
    id: "gradle-properties-password",
    title: "Password in gradle.properties",
    keywords: ["password", "token", "apikey", "secret"],
    pattern:
      /^[ \t]{0,8}[A-Za-z0-9._-]{0,80}?(?:password|token|apikey|secret)[ \t]{0,4}[=:][ \t]{0,4}(?<secret>[^\s$][^\r\n]{2,300})/im,
    after: 400,
    confidence: "medium",
    paths: inFiles("gradle.properties"),
    reference: "https://docs.gradle.org/current/userguide/declaring_repositories_basics.html",
  }),
  filed({
    id: "composer-auth-password",
    title: "Password in Composer's auth.json",
    keywords: ["http-basic", "github-oauth", "gitlab-token", '"bearer"'],
    pattern:
      /"(?:http-basic|github-oauth|gitlab-token|gitlab-oauth|bearer)"\s{0,8}:\s{0,8}\{\s{0,40}"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?"\s{0,8}:\s{0,8}(?:\{[^{}]{0,200}?"password"\s{0,8}:\s{0,8})?"(?<secret>[^"\s]{3,400})"/,
    after: 900,
    reference: "https://getcomposer.org/doc/articles/authentication-for-private-packages.md",
  }),
  filed({
    id: "nuget-clear-text-password",
    title: "Password in a NuGet configuration",
    keywords: ["ClearTextPassword"],
    pattern: /ClearTextPassword"\s{1,8}value="(?<secret>[^"\r\n]{2,400})"/i,
    after: 480,
    reference: "https://learn.microsoft.com/en-us/nuget/reference/nuget-config-file#packagesourcecredentials",
  }),
  filed({
    id: "cargo-registry-token",
    title: "Registry token in Cargo's credentials",
    keywords: ["token"],
    pattern: /^\s{0,8}token[ \t]{0,4}=[ \t]{0,4}"(?<secret>[^"\r\n]{8,400})"/m,
    after: 440,
    paths: inFiles(".cargo/credentials", ".cargo/credentials.toml", "cargo/credentials.toml"),
    reference: "https://doc.rust-lang.org/cargo/reference/config.html#credentials",
  }),
  filed({
    id: "s3cfg-secret-key",
    title: "Secret key in an .s3cfg file",
    keywords: ["secret_key"],
    pattern: /^[ \t]{0,4}secret_key[ \t]{0,4}=[ \t]{0,4}(?<secret>[^\s]{16,128})/m,
    paths: inFiles(".s3cfg", "s3cfg"),
    severity: "critical",
    reference: "https://s3tools.org/kb/item14.htm",
  }),
  filed({
    id: "boto-secret-key",
    title: "Secret key in a .boto file",
    keywords: ["gs_secret_access_key", "gs_oauth2_refresh_token"],
    pattern: /gs_(?:secret_access_key|oauth2_refresh_token)[ \t]{0,4}=[ \t]{0,4}(?<secret>[^\s]{16,160})/,
    severity: "critical",
    reference: "https://cloud.google.com/storage/docs/boto-gsutil",
  }),
  filed({
    id: "rclone-password",
    title: "Password in rclone's configuration",
    keywords: ["pass", "secret"],
    pattern: /^(?:pass|secret_access_key|client_secret)[ \t]{0,4}=[ \t]{0,4}(?<secret>[A-Za-z0-9_+/=-]{16,400})/m,
    paths: inFiles("rclone.conf", ".rclone.conf"),
    reference: "https://rclone.org/docs/#config-file",
  }),
  filed({
    id: "filezilla-password",
    title: "Password in FileZilla's sites",
    keywords: ["<Pass "],
    pattern: /<Pass encoding="base64">(?<secret>[A-Za-z0-9+/]{2,400}={0,2})<\/Pass>/,
    validate: (secret) => (decodeBase64(secret) === undefined ? "invalid" : "valid"),
    reference: "https://wiki.filezilla-project.org/Client_Configuration",
  }),
  filed({
    id: "wifi-pre-shared-key",
    title: "Key of a wireless network",
    keywords: ["psk="],
    pattern: /^[ \t]{0,8}psk=(?:"(?<secret>[^"\r\n]{8,63})"|[0-9a-f]{64})/m,
    severity: "medium",
    validate: (secret) => (isPlaceholder(secret.replace(/^[ \t]{0,8}psk=/, "")) ? "invalid" : "valid"),
    reference: "https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf",
  }),
  filed({
    id: "ansible-inventory-password",
    title: "Password in an Ansible inventory",
    keywords: [
      "ansible_password",
      "ansible_ssh_pass",
      "ansible_become_pass",
      "ansible_sudo_pass",
      "ansible_become_password",
    ],
    pattern:
      /ansible_(?:password|ssh_pass|become_pass(?:word)?|sudo_pass)(?:=|["']?:[ \t]{1,4})["']?(?<secret>[^\s"'!{][^\s"']{1,160})/,
    reference: "https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html",
  }),
  filed({
    id: "terraform-credentials-token",
    title: "Token in Terraform's CLI configuration",
    keywords: ["credentials "],
    pattern: /credentials "[^"\r\n]{1,253}"\s{0,4}\{\s{0,40}token\s{0,8}=\s{0,8}"(?<secret>[^"\r\n]{10,300})"/,
    after: 700,
    severity: "critical",
    reference: "https://developer.hashicorp.com/terraform/cli/config/config-file#credentials",
  }),
  filed({
    id: "spring-datasource-password",
    title: "Password in Spring's configuration",
    keywords: ["spring.datasource", "spring.mail", "spring.redis", "spring.data", "spring.rabbitmq", "spring.security"],
    pattern:
      /spring\.[a-z0-9.-]{2,80}\.(?:password|client-secret)[ \t]{0,4}[=:][ \t]{0,4}(?<secret>[^\s$][^\r\n]{1,160})/,
    confidence: "medium",
    reference: "https://docs.spring.io/spring-boot/appendix/application-properties/index.html",
  }),
  filed({
    id: "smtp-credentials",
    title: "Password of a mail server",
    keywords: ["smtp", "email_host_password", "mail_password"],
    pattern:
      /(?:smtp[A-Za-z_.-]{0,24}?_?pass(?:word|wd)?|email_host_password|mail_password)["']?[ \t]{0,4}(?:[:=]|=>)[ \t]{0,4}["']?(?<secret>[^\s"'`$,;(){}<>[][^\s"'`,;(){}<>[\]]{5,120})/i,
    validate: (secret) => (ITS_NAME.test(secret) ? "invalid" : passwordValidity(secret)),
    confidence: "low",
    severity: "medium",
    minEntropy: 2.5,
    reference: "https://www.rfc-editor.org/rfc/rfc4954",
  }),
  filed({
    id: "java-keystore-password",
    title: "Password of a Java keystore",
    keywords: ["-storepass", "-keypass", "-srcstorepass", "-deststorepass", "keystorepassword", "truststorepassword"],
    pattern:
      /(?:-(?:src|dest)?(?:storepass|keypass)[ =]|javax\.net\.ssl\.(?:key|trust)StorePassword=)["']?(?<secret>[^\s"'$<-][^\s"']{2,120})/i,
    confidence: "medium",
    severity: "medium",
    reference: "https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html",
  }),
  filed({
    id: "openssl-passphrase",
    title: "Passphrase on openssl's command line",
    keywords: ["pass:", "-passin", "-passout"],
    pattern: /-pass(?:in|out)?[ =]["']?pass:(?<secret>[^\s"'$][^\s"']{0,120})/,
    confidence: "medium",
    severity: "medium",
    reference: "https://docs.openssl.org/master/man1/openssl-passphrase-options/",
  }),
  filed({
    id: "gpg-passphrase",
    title: "GPG passphrase on the command line",
    keywords: ["--passphrase"],
    pattern: /--passphrase[ =]["']?(?!(?:dev|env|file|tty):)(?<secret>[^\s"'$-][^\s"']{1,120})/,
    confidence: "medium",
    severity: "medium",
    reference: "https://www.gnupg.org/documentation/manuals/gnupg/GPG-Esoteric-Options.html",
  }),
  filed({
    id: "git-credentials-password",
    title: "Password in a .git-credentials file",
    keywords: ["https://", "http://"],
    pattern: /^https?:\/\/[^\s:/]{1,200}:(?<secret>[^\s/]{1,400})@[\w.-]{1,253}/m,
    after: 880,
    paths: inFiles(".git-credentials", "git-credentials", "git/credentials"),
    reference: "https://git-scm.com/docs/git-credential-store",
  }),
  filed({
    id: "filezilla-plain-password",
    title: "Password in FileZilla's sites, not encoded",
    keywords: ["<Pass>"],
    pattern: /<Pass>(?<secret>[^<>\s]{3,200})<\/Pass>/,
    after: 240,
    paths: inFiles("filezilla.xml", "recentservers.xml", "sitemanager.xml"),
    reference: "https://wiki.filezilla-project.org/Client_Configuration",
  }),
  filed({
    id: "sftp-client-password",
    title: "Password of an editor's deployment or SFTP configuration",
    keywords: ['"password"', '"pass"', '"passphrase"', "password="],
    pattern: /(?:"(?:password|pass|passphrase)"\s{0,4}:\s{0,4}|\bpassword=)"(?<secret>[^"\r\n]{3,200})"/,
    paths: inFiles(
      "sftp-config.json",
      "sftp.json",
      ".ftpconfig",
      ".ftpsync_settings",
      ".remote-sync.json",
      "deployment-config.json",
      "webservers.xml",
      "deployment.xml",
      "ftp-simple.json",
    ),
    reference: "https://codexns.io/products/sftp_for_sublime/settings",
  }),
  filed({
    id: "firefox-saved-login",
    title: "Saved login of Firefox, encrypted by the key beside it",
    keywords: ["EEPgAAAAAAAAAAAAAAAAAAA"],
    pattern: /"(?<secret>M[A-Z][A-Za-z0-9]EEPgAAAAAAAAAAAAAAAAAAAE[A-Za-z0-9+/]{20,400}={0,2})"/,
    before: 8,
    after: 460,
    validate: (secret) => (decodeBase64(secret) === undefined ? "invalid" : "valid"),
    severity: "medium",
    reference: "https://support.mozilla.org/en-US/kb/profiles-where-firefox-stores-user-data",
  }),
  filed({
    id: "mail-client-password",
    title: "Password of a mail client's configuration",
    keywords: ["password", "passwd"],
    pattern:
      /^(?![ \t]{0,8}#)(?:[^\r\n#]{0,200}[ \t])?(?:password|passwd)[ \t]{1,8}"?(?<secret>[^\s"][^\r\n"]{1,160})/m,
    before: 224,
    paths: inFiles(".esmtprc", "esmtprc", ".msmtprc", "msmtprc", ".fetchmailrc", ".mailrc"),
    reference: "https://marlam.de/msmtp/msmtp.html",
  }),
];
