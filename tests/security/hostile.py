"""Words that would be something else than words, where they are not escaped."""

#: As they stand in a label.
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
STYLE = "</style><style>body{display:none}</style>"
LINK = "javascript:alert(1)"
TEMPLATE = "{{ 7*191 }}{% raw %}"
LATEX = r"\input{/etc/passwd}\write18{id}$\frac$"
FORMULA = '=HYPERLINK("http://127.0.0.1:9/?"&A1,"x")'
AT = "@SUM(1+1)*cmd|' /C calc'!A0"
DESCRIPTION = f"""{SCRIPT} {STYLE} `x <{LINK}>`_ {TEMPLATE}

.. raw:: html

   {SCRIPT}

.. include:: /etc/passwd
"""
