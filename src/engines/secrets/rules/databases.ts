import type { SecretRule, SecretValidity } from "../rule.ts";
import { assigned, token } from "./forms.ts";
import { isExampleHost, isPlaceholder, passwordValidity } from "./validate/password.ts";

/** A password in a URL; on this machine, or on a host of RFC 2606, it is "unsure", elsewhere "valid". */
function inUrl(secret: string, match: RegExpExecArray): SecretValidity {
  // A user has no bracket (RFC 3986, 3.2.1): a description of what may stand there has.
  if (isPlaceholder(secret) || match[0].includes("://[")) return "invalid";
  const host = match.groups?.host ?? "";
  if (isPlaceholder(host)) return "invalid";
  return isExampleHost(host) ? "unsure" : "valid";
}

const authority = "[^\\s:@/\"'`<>]{0,80}:(?<secret>[^\\s@/\"'`\\\\]{1,160})@(?<host>[^\\s:/,?\"'`@\\\\]{1,253})";

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "reference"> & { readonly schemes: string };

function urlRule({ schemes, ...rule }: Given): SecretRule {
  return {
    pattern: new RegExp(`(?<![A-Za-z0-9])(?:${schemes})://${authority}`, "i"),
    before: 24,
    after: 512,
    validate: inUrl,
    confidence: "medium",
    severity: "high",
    ...rule,
  };
}

/** What stands before `identified by`: the name of a user, quoted, with a host, or behind the word that leads to it. */
const SQL_USER = /(?:["'`%\]}]|\b(?:user|role|login|exists|to)\s{1,8}\S{1,80}|@\S{1,80}|,\s{0,8}\S{1,80}|^)\s{1,32}$/i;

/** Sentences have `identified by 'name'` as well, in small letters. */
function afterUser(secret: string, { 0: match, index, input }: RegExpExecArray): SecretValidity {
  const isSentence =
    /^identified by /.test(match) &&
    /^[a-z_]{1,24}$/.test(secret) &&
    !SQL_USER.test(input.slice(Math.max(0, index - 160), index));
  return isSentence ? "invalid" : passwordValidity(secret);
}

/** Databases and queues: passwords in their addresses, and the keys of hosted ones. */
export const databaseRules: readonly SecretRule[] = [
  urlRule({
    id: "postgres-url-password",
    title: "PostgreSQL URL with a password",
    keywords: ["postgres://", "postgresql://", "+psycopg2://", "+asyncpg://", "+psycopg://", "cockroachdb://"],
    schemes: "(?:jdbc:)?postgres(?:ql)?(?:\\+[a-z0-9]{2,16})?|cockroachdb",
    reference: "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
  }),
  urlRule({
    id: "mysql-url-password",
    title: "MySQL or MariaDB URL with a password",
    keywords: ["mysql://", "mariadb://", "mysql2://", "mysql+", "mariadb+"],
    schemes: "(?:jdbc:)?(?:mysql2?|mariadb)(?:\\+[a-z0-9]{2,16})?",
    reference: "https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html",
  }),
  urlRule({
    id: "mongodb-url-password",
    title: "MongoDB URL with a password",
    keywords: ["mongodb://", "mongodb+srv://"],
    schemes: "mongodb(?:\\+srv)?",
    reference: "https://www.mongodb.com/docs/manual/reference/connection-string/",
  }),
  urlRule({
    id: "redis-url-password",
    title: "Redis URL with a password",
    keywords: ["redis://", "rediss://", "valkey://", "valkeys://"],
    schemes: "rediss?|valkeys?",
    reference: "https://redis.io/docs/latest/develop/tools/cli/",
  }),
  urlRule({
    id: "amqp-url-password",
    title: "AMQP URL with a password",
    keywords: ["amqp://", "amqps://"],
    schemes: "amqps?",
    reference: "https://www.rabbitmq.com/docs/uri-spec",
  }),
  urlRule({
    id: "sqlserver-url-password",
    title: "SQL Server URL with a password",
    keywords: ["sqlserver://", "mssql://", "mssql+"],
    schemes: "(?:sqlserver|mssql)(?:\\+[a-z0-9]{2,16})?",
    reference: "https://learn.microsoft.com/en-us/sql/connect/",
  }),
  urlRule({
    id: "message-broker-url-password",
    title: "Broker, search or directory URL with a password",
    keywords: [
      "nats://",
      "mqtt://",
      "mqtts://",
      "kafka://",
      "clickhouse://",
      "ldap://",
      "ldaps://",
      "neo4j://",
      "bolt://",
    ],
    schemes: "nats|mqtts?|kafka|clickhouse|ldaps?|(?:neo4j|bolt)(?:\\+s(?:sc)?)?",
    reference: "https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/username_password",
  }),
  {
    id: "jdbc-password",
    title: "JDBC URL with a password",
    keywords: ["jdbc:"],
    pattern: /jdbc:[a-z0-9]{2,20}:[^\s"'`<>]{1,280}?[?&;](?:password|passwd|pwd)=(?<secret>[^\s;&"'`<>]{1,160})/i,
    after: 640,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://docs.oracle.com/javase/tutorial/jdbc/basics/connecting.html",
  },
  {
    id: "oracle-thin-password",
    title: "Oracle JDBC URL with a password",
    keywords: ["jdbc:oracle:"],
    pattern: /jdbc:oracle:(?:thin|oci):[A-Za-z0-9_$#]{1,40}\/(?<secret>[^\s@/"'`]{1,80})@/i,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html",
  },
  {
    id: "ado-net-password",
    title: "Database connection string with a password",
    keywords: ["password=", "pwd="],
    pattern:
      /(?:server|data source|host|addr|address|network address)\s{0,2}=[^;\r\n"'`]{1,120};(?:[^;\r\n"'`=]{1,40}=[^;\r\n"'`]{0,120};){0,8}\s{0,2}(?:password|pwd)\s{0,2}=\s{0,2}(?<secret>[^;\s"'`]{1,128})/i,
    before: 400,
    after: 160,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax",
  },
  {
    id: "libpq-password",
    title: "PostgreSQL key/value string with a password",
    keywords: ["password="],
    pattern:
      /\b(?:host|dbname|user)=[^\s"'`]{1,80}(?: [a-z_]{2,24}=[^\s"'`]{1,80}){0,6} password=(?<secret>[^\s"'`&;]{1,128})/,
    before: 400,
    after: 160,
    validate: passwordValidity,
    confidence: "medium",
    severity: "high",
    reference: "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE",
  },
  token({
    id: "planetscale-token",
    title: "PlanetScale token or password",
    keywords: ["pscale_"],
    body: "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}",
    severity: "critical",
    reference: "https://planetscale.com/docs/concepts/service-tokens",
  }),
  token({
    id: "neon-api-key",
    title: "Neon API key",
    keywords: ["napi_"],
    body: "napi_[a-z0-9]{64}",
    severity: "critical",
    reference: "https://neon.com/docs/manage/api-keys",
  }),
  token({
    id: "neon-password",
    title: "Neon database password",
    keywords: ["npg_"],
    body: "npg_[A-Za-z0-9]{12}",
    minEntropy: 3.3,
    confidence: "medium",
    severity: "critical",
    reference: "https://neon.com/docs/connect/connect-from-any-app",
  }),
  token({
    id: "supabase-access-token",
    title: "Supabase access token",
    keywords: ["sbp_"],
    body: "sbp_(?:v0_)?[a-f0-9]{40}",
    severity: "critical",
    reference: "https://supabase.com/docs/reference/api/introduction",
  }),
  token({
    id: "supabase-secret-key",
    title: "Supabase secret key",
    keywords: ["sb_secret_"],
    body: "sb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}",
    severity: "critical",
    reference: "https://supabase.com/docs/guides/api/api-keys",
  }),
  token({
    id: "fauna-secret",
    title: "Fauna secret",
    keywords: ["fnA"],
    body: "fnA[A-Za-z0-9_-]{37}",
    minEntropy: 4,
    reference: "https://docs.fauna.com/fauna/current/learn/security/keys/",
  }),
  token({
    id: "influxdb-token",
    title: "InfluxDB token",
    keywords: ["influx"],
    body: "(?<![A-Za-z0-9_=-])[A-Za-z0-9_-]{86}==",
    minEntropy: 4.2,
    reference: "https://docs.influxdata.com/influxdb/v2/admin/tokens/",
  }),
  token({
    id: "mongodb-atlas-service-account-secret",
    title: "MongoDB Atlas service account secret",
    keywords: ["mdb_sa_sk_"],
    body: "mdb_sa_sk_[A-Za-z0-9_-]{40,48}",
    severity: "critical",
    reference: "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/",
  }),
  assigned({
    id: "snowflake-password",
    title: "Snowflake password or token",
    keywords: ["snowflake", "snowsql_pwd"],
    names: "snowflake[\\w. -]{0,20}?(?:passw|pwd|token|key|secret)[\\w.-]{0,12}|snowsql_pwd",
    exact: true,
    value: "[^\\s\"'`;,<>(){}$]{8,128}",
    // Its password policy asks for these by default; prose and code have not all of them.
    validate: (secret) => (/\d/.test(secret) && /[A-Z]/.test(secret) ? passwordValidity(secret) : "invalid"),
    minEntropy: 2.8,
    reference: "https://docs.snowflake.com/en/user-guide/snowsql-start",
  }),
  assigned({
    id: "confluent-api-secret",
    title: "Confluent Cloud API secret",
    keywords: ["confluent", "sasl"],
    names: "confluent[\\w. -]{0,20}?secret[\\w.-]{0,8}|sasl[._-]password",
    exact: true,
    value: "(?:cflt[A-Za-z0-9+/]{60}|[A-Za-z0-9+/]{64})",
    minEntropy: 4,
    confidence: "high",
    severity: "critical",
    reference:
      "https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html",
  }),
  token({
    id: "aiven-service-password",
    title: "Aiven service password",
    keywords: ["AVNS_"],
    body: "AVNS_[A-Za-z0-9_-]{19}(?![-])",
    severity: "critical",
    reference: "https://aiven.io/docs/platform/howto/reset-service-user-password",
  }),
  {
    id: "sql-user-password",
    title: "Password of a database's user in SQL",
    keywords: ["identified", "password '", "password='", "password = '", "password = n'", "password=n'"],
    pattern:
      /(?:\bidentified(?: with [\w']{1,40})?(?: by)?(?: password)?|\b(?:create|alter) (?:user|role|login)\b[^;'"\r\n]{1,160}\bpassword)(?:\s{0,4}=\s{0,4}|\s{1,4})N?'(?<secret>[^'\r\n]{3,128})'/i,
    before: 200,
    after: 200,
    validate: afterUser,
    confidence: "medium",
    severity: "high",
    reference: "https://www.postgresql.org/docs/current/sql-createrole.html",
  },
  {
    id: "stored-password-hash",
    title: "Password hash in data",
    keywords: ["$2y$", "$2a$", "$2b$", "$argon2i", "pbkdf2_sha", "$P$B", "$6$", "bcrypt_sha256$", "{SSHA", "scrypt:"],
    pattern:
      /["'](?<secret>\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}|\$argon2id?\$v=[0-9]{1,3}\$[a-z0-9=,]{8,60}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{20,180}|pbkdf2_sha(?:1|256|512)\$[0-9]{3,8}\$[A-Za-z0-9]{4,64}\$[A-Za-z0-9+/]{27,100}={0,2}|\$P\$B[A-Za-z0-9./]{30}|\$6\$(?:rounds=[0-9]{4,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{86}|bcrypt_sha256\$\$2b\$[0-9]{2}\$[A-Za-z0-9./]{53}|\{SSHA(?:256|512)?\}[A-Za-z0-9+/]{32,110}={0,2}|scrypt:[0-9]{4,8}:[0-9]{1,3}:[0-9]{1,3}\$[A-Za-z0-9]{8,32}\$[a-f0-9]{128})["']/,
    before: 4,
    after: 340,
    confidence: "high",
    severity: "medium",
    paths: (path) => /\.(?:sql|dump|bak|csv|tsv|ldif|json|jsonl|ya?ml|xml|env|ini|toml)$/i.test(path),
    reference: "https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
  },
];
