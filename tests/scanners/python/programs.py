"""Programs that hold what bandit's plugins listen to, put together by chance."""

from hypothesis import strategies as st

CALLS = """\
eval(x)
exec(x)
e(x)
__import__('pickle')
__import__(name)
importlib.import_module('telnetlib')
random.choice(x)
yaml.load(x)
y.load(x, Loader=SafeLoader)
os.chmod('/tmp/a', 0o777)
chmod(f, 0o666)
hashlib.md5(x)
hashlib.new('sha1', usedforsecurity=False)
crypt.crypt(x, 'METHOD_MD5')
crypt.mksalt('METHOD_CRYPT')
app.run(debug=True)
requests.get(u, verify=False)
httpx.Client(timeout=None)
subprocess.run('ls', shell=True)
subprocess.call(x)
sp.Popen(['tar', x], shell=y)
run('chown a *', shell=True)
os.system('rm ' + x)
os.execl(x)
os.popen('ls')
f(shell=True)
f(password='hunter2', shell=0)
f(**'x', token='a')
f(method='SSLv3_METHOD')
ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3)
ssl.wrap_socket(s)
q.extra(where=[x])
RawSQL(x)
mark_safe('a %s' % x)
mark_safe(x)
t.extractall()
tarfile.open(x).extractall(members=m(x))
jinja2.Environment(autoescape=False)
mako.template.Template(x)
markupsafe.Markup(x)
torch.load(x)
CommunityData(mpModel=0)
UsmUserData('a')
c.exec_command(x)
c.set_missing_host_key_policy(AutoAddPolicy)
listen(1)
logging.config.listen(1)
AutoModel.from_pretrained('m')
dsa.generate_private_key(512)
Crypto.PublicKey.RSA.generate(bits=512)
pickle.loads(x)
\uff45\uff56\uff41\uff4c(\uff58)
é.Ω('0.0.0.0')"""
IMPORTS = """\
import subprocess, pickle
import subprocess as sp
from subprocess import run, Popen
from . import telnetlib
from .yaml import load
import yaml
import yaml as y
from builtins import eval as e
import hashlib, crypt, tarfile, torch, requests, httpx, ssl, jinja2, markupsafe, importlib
import logging.config
import mako.template
import os as \uff4f\uff53
from os import chmod, system as e
import x as __import__
from django.utils.safestring import mark_safe
from django.db.models.expressions import RawSQL
from flask import Flask
from pysnmp.hlapi import CommunityData, UsmUserData
from paramiko import AutoAddPolicy
from transformers import AutoModel
from cryptography.hazmat.primitives.asymmetric import dsa
import Crypto.PublicKey.RSA"""
LITERALS = """\
'0.0.0.0'
'/tmp/x'
'hunter2'
b'0.0.0.0'
"select a from b where c = " + x
"select a " "from b where c = %s" % x
"delete from {} ".format(x)
"update a set b".replace('a', "insert into t values (1)")
f"{x} select a from {y} "
f"select a from b {x:{'/tmp'}} "
{'password': 'a', 'x': 'token', **z}
d['secret']
password == 'x'
self.token != '/var/tmp/x'
('pass\\x77ord', "\\u202e")
[i for i in '/tmp' if '/tmp' == i]
(lambda pwd='a': '/dev/shm')"""
STATEMENTS = """\
assert x
password = 'a'
p.\uff34oken = q = 'b'
d['passwd'] = 'a'
x: str = '/tmp'
def f(a, password='x', *, token='y'): return '/tmp'
def f(method=ssl.PROTOCOL_SSLv2): pass
async def f(password='x'): exec(y)
class A(metaclass=eval('b')): password = ''
lambda secret='x': 0
'''docstring /tmp'''
global password
with open('/tmp') as f, eval(x): pass"""
COMMENTS = [*[""] * 8, "# nosec", "#nosec B102", "# nosec: B105, B608", "# nosec exec_used,B404"]
COMMENTS += ["# NOSEC B999", "# é \u202e", "# type: ignore # nosec"]

comments = st.sampled_from(COMMENTS).map(lambda text: f"  {text}" if text else "")
literals = st.sampled_from(LITERALS.splitlines())
calls = st.sampled_from(CALLS.splitlines()) | st.builds(
    lambda call, text: f"{call[:-1]}, q={text})" if call.endswith(")") else call,
    st.sampled_from(CALLS.splitlines()),
    literals,
)
simple = st.builds(
    lambda shape, a, b, note: shape.format(a, b, note).split("\n"),
    st.sampled_from(["{0}{2}", "x = {1}{2}", "f({0},{2}\n  {1})", "{0} if {1} else [{1}]{2}"]),
    calls,
    literals,
    comments,
)
lines = (
    simple
    | st.sampled_from((IMPORTS + "\n" + STATEMENTS).splitlines()).map(lambda line: [line])
    | st.builds(lambda line, note: [line + note], st.sampled_from(IMPORTS.splitlines()), comments)
)
HEADS = ["", "# -*- coding: utf-8 -*-", "# coding: latin-1", "\ufeff", "def broken(:", "#!x\n# é"]


def block(head: str, note: str, body: list[list[str]]) -> list[str]:
    depth = len(head) - len(head.lstrip()) + 1
    return [head + note, *(" " * depth + line for part in body for line in part)]


HEADERS = ["if x:", "for i in eval('0.0.0.0'):", "with a as b, open('/tmp/x') as c:"]
HEADERS += ["def f(self, password='a'):", "async def g(a='0.0.0.0'):", "class A(B('/tmp')):"]
programs = st.recursive(
    lines,
    lambda inner: (
        st.builds(
            block, st.sampled_from(HEADERS), comments, st.lists(inner, min_size=1, max_size=4)
        )
        | st.builds(
            lambda body, catch, last: ["try:", *block(" ", "", body)[1:], catch, f"  {last}"],
            st.lists(inner, min_size=1, max_size=2),
            st.sampled_from(["except:", "except Exception as e:", "except (A, B):", "finally:"]),
            st.sampled_from(["pass", "continue", "exec(x)", "pass  # nosec"]),
        )
    ),
    max_leaves=8,
)
