/** Files that programs keep credentials in, each in the form that its own documentation gives; `«…»` encloses what counts. */
import type { MadeCase } from "../case.ts";
import { draw, drawPassword } from "../draw.ts";

const password = (salt: string): string => drawPassword(`documents/${salt}`);
const token = (salt: string, length = 32): string => draw("base62", length, `documents/${salt}`);
const hex = (salt: string, length = 32): string => draw("hexadecimal", length, `documents/${salt}`);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Lines that are marked with `«` hold a secret each. */
const documents: readonly (readonly [file: string, text: string])[] = [
  [
    ".bash_profile",
    `alias ll='ls -l'\nexport PATH=/opt/bin\nexport AWS_SECRET_ACCESS_KEY=«${draw("base64", 40, "aws")}»\nexport SLACK_BOT_PASS='«${password("slack")}»'\nMAIL_PASSWORD=«${password("mail")}»\nexport HOMEBREW_GITHUB_API_TOKEN=«${hex("brew", 40)}»\n`,
  ],
  [
    ".netrc",
    `machine git.acme.io\nlogin ann\npassword «${password("netrc")}»\n\nmachine ftp.acme.io login bob password «${password("netrc2")}»\n`,
  ],
  [
    ".npmrc",
    `registry=https://npm.acme.io/\n//npm.acme.io/:_authToken=«${token("npmrc", 36)}»\n_auth="«${base64(`ann:${password("npmrc")}`)}»"\n//npm.acme.io/:_password=«${base64(password("npmrc2"))}»\n`,
  ],
  [".yarnrc.yml", `npmScopes:\n  acme:\n    npmAuthToken: «${token("yarnrc")}»\n`],
  [
    ".dockercfg",
    `{\n  "https://index.docker.io/v1/": {\n    "auth": "«${base64(`ann:${password("dockercfg")}`)}»",\n    "email": "ann@acme.io"\n  }\n}\n`,
  ],
  [
    "recentservers.xml",
    `<?xml version="1.0"?>\n<FileZilla3>\n<RecentServers>\n<Server>\n<Host>ftp.acme.io</Host>\n<User>ann</User>\n<Pass encoding="base64">«${base64(password("filezilla"))}»</Pass>\n</Server>\n</RecentServers>\n</FileZilla3>\n`,
  ],
  ["filezilla.xml", `<Setting name="Last Server Pass">«${password("fz")}»</Setting>\n`],
  [
    "sftp-config.json",
    `{\n    "type": "sftp",\n    "host": "acme.io",\n    "user": "ann",\n    "password": "«${password("sftp")}»",\n    //"ssh_key_file": "~/.ssh/id_rsa"\n}\n`,
  ],
  [
    ".vscode/sftp.json",
    `{\n    "name": "acme",\n    "host": "acme.io",\n    "username": "ann",\n    "password": "«${password("vscode")}»",\n    "passphrase": "«${password("vscode2")}»"\n}\n`,
  ],
  [
    "WinSCP.ini",
    `[Sessions\\ann@acme.io]\nHostName=acme.io\nUserName=ann\nPassword=«A35C${hex("winscp", 44).toUpperCase()}»\n`,
  ],
  [
    "data-sources.xml",
    `<connection host="db.acme.io" user="ann" password="«${password("dbeaver")}»" savePassword="true"/>\n`,
  ],
  [
    "ventrilo_srv.ini",
    `[Server]\nName=Acme\nAdminPassword=«${password("ventrilo")}»\nPassword=«${password("ventrilo2")}»\n`,
  ],
  [
    "wp-config.php",
    `<?php\ndefine('DB_USER', 'wp');\ndefine('DB_PASSWORD', '«${password("wp")}»');\ndefine('AUTH_KEY',         '«${token("wp", 64)}»');\ndefine( 'NONCE_SALT', '«${token("wp2", 64)}»' );\n`,
  ],
  ["proftpdpasswd", `ann:«$1$${token("ftpd", 8)}$${token("ftpd2", 22)}»:1000:1000::/home/ann:/bin/bash\n`],
  [
    "etc/shadow",
    `root:*:19000:0:99999:7:::\nann:«$6$${token("shadow", 16)}$${token("shadow2", 86)}»:19000:0:99999:7:::\nbob:«$y$j9T$${token("shadow3", 22)}$${token("shadow4", 43)}»:19000:0:99999:7:::\n`,
  ],
  [
    ".htpasswd",
    `ann:«$apr1$${token("apr", 8)}$${token("apr2", 22)}»\nbob:«{SHA}${draw("base64", 27, "sha")}=»\neve:«${token("crypt", 13)}»\n`,
  ],
  [
    "mongoid.yml",
    `production:\n  sessions:\n    default:\n      hosts:\n        - db.acme.io:27017\n      username: ann\n      password: «${password("mongoid")}»\n`,
  ],
  [
    "robomongo.json",
    `{\n  "connections": [{\n    "credentials": [{\n      "userName": "ann",\n      "userPassword": "«${password("robomongo")}»"\n    }]\n  }]\n}\n`,
  ],
  [
    "salesforce.js",
    `var conn = new jsforce.Connection({ loginUrl: 'https://login.salesforce.com' });\nconn.login('ann@acme.io', '«${password("salesforce")}${token("salesforce", 24)}»', function(err) {});\n`,
  ],
  [
    "heroku.json",
    `{"HEROKU_API_KEY": "«${hex("h", 8)}-${hex("h1", 4)}-4${hex("h2", 3)}-a${hex("h3", 3)}-${hex("h4", 12)}»", "HEROKU_EMAIL": "ann@acme.io"}\n`,
  ],
  [
    "cloud/.credentials",
    `[default]\naws_access_key_id = «AKIA${draw("base32", 16, "aws")}»\naws_secret_access_key = «${draw("base64", 40, "aws2")}»\n`,
  ],
  ["cloud/.tugboat", `authentication:\n  access_token: «${hex("tugboat", 64)}»\n`],
  [
    "cloud/.s3cfg",
    `[default]\naccess_key = «${draw("capitals", 20, "s3")}»\nsecret_key = «${draw("base62", 40, "s3b")}»\ngpg_passphrase = «${password("s3")}»\n`,
  ],
  [
    ".idea/WebServers.xml",
    `<webServer id="1" name="acme">\n  <fileTransfer host="acme.io" port="21" username="ann" password="«dff9dfe9df93${hex("idea", 20)}»" accessType="FTP" />\n</webServer>\n`,
  ],
  [".esmtprc", `identity ann@acme.io\nhostname smtp.acme.io:587\nusername "ann"\npassword "«${password("esmtp")}»"\n`],
  [
    ".remote-sync.json",
    `{\n  "hostname": "acme.io",\n  "username": "ann",\n  "password": "«${password("sync")}»",\n  "passphrase": "«${password("sync2")}»"\n}\n`,
  ],
  ["secrets.yml", `development:\n  secret_key_base: «${hex("rails", 128)}»\n`],
  [
    "dump.sql",
    `INSERT INTO \`users\` VALUES (1,'ann','«${hex("md5")}»','ann@acme.io',1);\nINSERT INTO \`users\` VALUES (2,'bob','«$2a$10$${token("bcrypt", 53)}»','bob@acme.io',1);\n`,
  ],
  ["wp.sql", `INSERT INTO \`wp_users\` VALUES (1,'admin','«$P$B${token("phpass", 30)}»','admin','a@acme.io');\n`],
  [
    "mysql.sql",
    `GRANT ALL ON app.* TO 'app'@'%' IDENTIFIED BY '«${password("grant")}»';\nSET PASSWORD FOR 'root'@'localhost' = PASSWORD('«${password("set")}»');\nCREATE USER 'a'@'%' IDENTIFIED WITH mysql_native_password AS '«*${hex("native", 40).toUpperCase()}»';\n`,
  ],
  [
    "pg.sql",
    `CREATE ROLE app WITH LOGIN ENCRYPTED PASSWORD 'md5«${hex("pg")}»';\nALTER USER ann PASSWORD '«${password("pg")}»';\n`,
  ],
  [
    "putty.ppk",
    `«PuTTY-User-Key-File-2: ssh-rsa»\nEncryption: none\nComment: ann\nPublic-Lines: 2\n${token("ppk", 64)}\n${token("ppk2", 64)}\nPrivate-Lines: 2\n${token("ppk3", 64)}\n${token("ppk4", 64)}\nPrivate-MAC: ${hex("mac", 40)}\n`,
  ],
  [".git-credentials", `https://ann:«${token("git", 20)}»@github.com\n`],
  ["hub", `github.com:\n- user: ann\n  oauth_token: «${hex("hub", 40)}»\n  protocol: https\n`],
  [
    "logins.json",
    `{"logins":[{"hostname":"https://acme.io","encryptedUsername":"MDIEEPgAAAAAAAAAAAAAAAAAAAEwFAYI","encryptedPassword":"«MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECH${token("firefox", 20)}»"}]}\n`,
  ],
  [
    ".ftpconfig",
    `{\n    "protocol": "sftp",\n    "host": "acme.io",\n    "user": "ann",\n    "pass": "«${password("ftpconfig")}»",\n    "passphrase": "«${password("ftpconfig2")}»"\n}\n`,
  ],
  [
    "deployment-config.json",
    `{\n  "host": "acme.io",\n  "username": "ann",\n  "password": "«${password("deployment")}»"\n}\n`,
  ],
  [
    "credentials.xml",
    `<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>\n  <id>ci</id>\n  <username>ann</username>\n  <password>«{AQAAABAAAAAQ${draw("base64", 42, "jenkins")}=}»</password>\n</com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>\n`,
  ],
  [".pgpass", `db.acme.io:5432:app:ann:«${password("pgpass")}»\n`],
  [
    "irssi/config",
    `servers = (\n  {\n    address = "irc.acme.io";\n    password = "«${password("irssi")}»";\n  }\n);\n`,
  ],
  [
    ".muttrc",
    `set imap_user = "ann@acme.io"\nset imap_pass = "«${password("mutt")}»"\nset smtp_pass="«${password("mutt2")}»"\n`,
  ],
  [".fetchmailrc", `poll imap.acme.io protocol imap user "ann" password "«${password("fetchmail")}»"\n`],
  [".msmtprc", `account acme\nhost smtp.acme.io\nuser ann\npassword «${password("msmtp")}»\n`],
  [".lftp/bookmarks", `acme\tftp://ann:«${token("lftp", 14)}»@ftp.acme.io/\n`],
  [
    "acme.rdp",
    `full address:s:acme.io\nusername:s:ann\npassword 51:b:«01000000D08C9DDF0115D1118C7A00C04FC297EB01000000${hex("rdp", 64).toUpperCase()}»\n`,
  ],
  ["wpa_supplicant.conf", `network={\n  ssid="acme"\n  psk="«${password("wpa")}»"\n}\n`],
  ["acme.nmconnection", `[wifi-security]\nkey-mgmt=wpa-psk\npsk=«${password("nm")}»\n`],
  [
    "inventory.ini",
    `[web]\nweb1 ansible_host=10.0.0.1 ansible_user=ann ansible_password=«${password("ansible")}» ansible_become_pass='«${password("ansible2")}»'\n`,
  ],
  ["odbc.ini", `[acme]\nDriver=PostgreSQL\nServername=db\nUID=ann\nPWD=«${password("odbc")}»\n`],
  ["sssd.conf", `[domain/acme]\nldap_default_bind_dn = cn=a\nldap_default_authtok = «${password("sssd")}»\n`],
  ["sasl_passwd", `[smtp.acme.io]:587 ann@acme.io:«${password("sasl")}»\n`],
  [".smbcredentials", `username=ann\npassword=«${password("smb")}»\n`],
  ["chap-secrets", `# client server secret addresses\nann * "«${password("chap")}»" *\n`],
  ["sip.conf", `[100]\ntype=friend\nsecret=«${password("sip")}»\n`],
  ["snmpd.conf", `createUser ann SHA "«${password("snmp")}»" AES "«${password("snmp2")}»"\n`],
  ["clients.conf", `client acme {\n  ipaddr = 10.0.0.0/8\n  secret = «${password("radius")}»\n}\n`],
  [
    "tomcat-users.xml",
    `<tomcat-users>\n  <user username="ann" password="«${password("tomcat")}»" roles="manager-gui"/>\n</tomcat-users>\n`,
  ],
  [
    "settings.xml",
    `<settings><servers><server>\n  <id>acme</id>\n  <username>ann</username>\n  <password>«${password("maven")}»</password>\n</server></servers></settings>\n`,
  ],
  [
    "NuGet.Config",
    `<packageSourceCredentials>\n  <acme>\n    <add key="Username" value="ann" />\n    <add key="ClearTextPassword" value="«${token("nuget", 40)}»" />\n  </acme>\n</packageSourceCredentials>\n`,
  ],
  ["gradle.properties", `signing.password=«${password("gradle")}»\nossrhPassword=«${password("gradle2")}»\n`],
  [
    "auth.json",
    `{\n  "http-basic": {\n    "repo.acme.io": {\n      "username": "ann",\n      "password": "«${hex("composer")}»"\n    }\n  },\n  "github-oauth": { "github.com": "«${hex("composer2", 40)}»" }\n}\n`,
  ],
  [".gem/credentials", `---\n:rubygems_api_key: «${hex("gem", 32)}»\n`],
  [".cargo/credentials.toml", `[registry]\ntoken = "«${token("cargo", 35)}»"\n`],
  [".pypirc", `[pypi]\nusername = ann\npassword = «${password("pypirc")}»\n`],
  [
    "hibernate.cfg.xml",
    `<property name="connection.username">ann</property>\n<property name="connection.password">«${password("hibernate")}»</property>\n`,
  ],
  [
    "Web.config",
    `<connectionStrings>\n  <add name="a" connectionString="Server=db;Database=app;User Id=ann;Password=«${password("webconfig")}»;" />\n</connectionStrings>\n<machineKey validationKey="«${hex("validation", 128).toUpperCase()}»" decryptionKey="${hex("decryption", 48).toUpperCase()}" />\n`,
  ],
  [
    "appsettings.json",
    `{\n  "ConnectionStrings": {\n    "Default": "Server=db.acme.io;Database=app;User Id=ann;Password=«${password("appsettings")}»;"\n  },\n  "Jwt": {\n    "Key": "«${token("jwt", 48)}»"\n  }\n}\n`,
  ],
  ["parameters.yml", `parameters:\n  database_password: «${password("symfony")}»\n  secret: «${hex("symfony", 40)}»\n`],
  [
    "configuration.php",
    `class JConfig {\n\tpublic $password = '«${password("joomla")}»';\n\tpublic $secret = '«${token("joomla", 16)}»';\n}\n`,
  ],
  [
    "env.php",
    `return ['crypt' => ['key' => '«${hex("magento")}»'],\n 'db' => ['connection' => ['default' => [\n 'password' => '«${password("magento")}»'\n]]]];\n`,
  ],
  [
    "settings.php",
    `$databases['default']['default'] = array (\n  'password' => '«${password("drupal")}»',\n);\n$settings['hash_salt'] = '«${token("drupal", 74)}»';\n`,
  ],
  ["LocalSettings.php", `$wgDBpassword = "«${password("wiki")}»";\n$wgSecretKey = "«${hex("wiki", 64)}»";\n`],
  [
    "settings.py",
    `SECRET_KEY = 'django-insecure-«${draw("small", 50, "django")}»'\nDATABASES = {'default': {\n    'PASSWORD': '«${password("django")}»',\n}}\nEMAIL_HOST_PASSWORD = '«${password("django2")}»'\n`,
  ],
  [
    "laravel/.env",
    `APP_KEY=base64:«${draw("base64", 43, "laravel")}=»\nDB_PASSWORD=«${password("laravel")}»\nMAIL_PASSWORD=null\nPUSHER_APP_SECRET=«${hex("pusher", 20)}»\n`,
  ],
  ["config/database.yml", `production:\n  adapter: mysql2\n  username: ann\n  password: «${password("database")}»\n`],
  [
    "terraform.tfstate",
    `{"resources": [{"instances": [{"attributes": {\n  "username": "ann",\n  "password": "«${password("tfstate")}»",\n  "result": "${token("tfstate", 20)}"\n}}]}]}\n`,
  ],
  [
    "application_default_credentials.json",
    `{\n  "client_id": "764086051850-6qr4p6gpi6hn506pt8ejuq83di341hur.apps.googleusercontent.com",\n  "client_secret": "«d-${token("adc", 22)}»",\n  "refresh_token": "«1//0${token("adc2", 98)}»",\n  "type": "authorized_user"\n}\n`,
  ],
  [
    "kubeconfig",
    `users:\n- name: ann\n  user:\n    token: «${token("kube", 40)}»\n- name: bob\n  user:\n    username: bob\n    password: «${password("kube")}»\n`,
  ],
  [
    "compose.yaml",
    `services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: «${password("compose")}»\n      MYSQL_ROOT_PASSWORD: "«${password("compose2")}»"\n`,
  ],
  [
    "secret.yaml",
    `apiVersion: v1\nkind: Secret\nstringData:\n  DB_PASS: «${password("stringdata")}»\n  smtp: «smtps://ann:${token("smtp", 14)}@smtp.acme.io»\n`,
  ],
  [
    "urls.txt",
    `DATABASE_URL=postgres://app:«${token("dburl", 14)}»@db.acme.io/app\namqp://ann:«${token("amqp", 14)}»@mq.acme.io:5672/\nmongodb+srv://ann:«${token("mongo", 14)}»@c0.acme.io/app\nredis://:«${token("redis", 20)}»@cache.acme.io:6379/0\n`,
  ],
  [
    "jdbc.properties",
    `jdbc.url=jdbc:mysql://db.acme.io/app?user=ann&password=«${token("jdbc", 12)}»\nspring.datasource.password=«${password("jdbc2")}»\n`,
  ],
  ["authinfo", `machine imap.acme.io login ann port 993 password «${password("authinfo")}»\n`],
  ["_netrc", `machine api.heroku.com\n  login ann@acme.io\n  password «${hex("heroku", 36)}»\n`],
  ["ovpn.txt", `ann\n`],
  [".mylogin.cnf.bak", `[client]\nuser=ann\npassword="«${password("mycnf")}»"\n`],
  ["my.cnf", `[mysqldump]\nuser = ann\npassword = «${password("mycnf2")}»\n`],
  ["slapd.conf", `rootdn "cn=admin,dc=acme,dc=io"\nrootpw «{SSHA}${draw("base64", 32, "slapd")}»\n`],
  ["ldap.ldif", `dn: uid=ann,dc=acme,dc=io\nuserPassword: «{SSHA}${draw("base64", 32, "ldif")}»\n`],
  [
    "cisco.cfg",
    `enable secret 5 «$1$${token("cisco", 4)}$${token("cisco2", 22)}»\nsnmp-server community «${password("community")}» RW\nusername ann password 7 «${hex("cisco7", 20).toUpperCase()}»\n`,
  ],
  [
    "fastlane/.env",
    `MATCH_PASSWORD=«${password("match")}»\nFASTLANE_APPLE_APPLICATION_SPECIFIC_PASSWORD=«${draw("letters", 4, "f1").toLowerCase()}-${draw("letters", 4, "f2").toLowerCase()}-${draw("letters", 4, "f3").toLowerCase()}-${draw("letters", 4, "f4").toLowerCase()}»\n`,
  ],
  [
    ".bash_history",
    `ls\nmysql -uroot -p«${password("history")}» app\nexport GITLAB_TOKEN=«${token("history", 20)}»\nsshpass -p '«${password("sshpass")}»' ssh ann@acme.io\ncurl -u 'ann:«${password("curl")}»' https://acme.io\nwget --password=«${password("wget")}» https://acme.io/a\necho «${password("echo")}» | docker login -u ann --password-stdin\ndocker login -u ann -p «${password("login")}» registry.acme.io\nopenssl enc -aes-256-cbc -k «${password("openssl")}» -in a -out b\nhtpasswd -b .htpasswd ann «${password("htpasswd")}»\nPGPASSWORD='«${password("pgp")}»' psql -h db\nredis-cli -a «${password("redis")}» ping\nldapsearch -D cn=admin -w «${password("ldap")}» -b dc=a\nsmbclient -U ann%«${token("smbclient", 12)}» //nas/a\naz login -u ann -p «${password("az")}»\n`,
  ],
];

const MARK = /«(.*?)»/;

/** Each marked line is a case; all of a file's cases have the file's text. */
export function documentCases(): MadeCase[] {
  return documents.flatMap(([file, text]) => {
    const content = text.replace(/[«»]/g, "");
    return text
      .split("\n")
      .flatMap((line, i) =>
        MARK.test(line)
          ? [{ kind: `document/${file.split("/").at(-1)}`, file, content, line: i + 1, secret: true }]
          : [],
      );
  });
}
