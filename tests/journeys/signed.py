# A PDF signed by openssl as offices' programs do it, with the page of a plan on it.
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import subprocess
import tempfile

ROOM = 8192   # hexadecimal figures for the signature


def _unsigned(words):
    stream = f"BT /F1 28 Tf 72 740 Td ({words}) Tj ET"
    signature = ("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
                 f"/ByteRange[0000000000 0000000000 0000000000 0000000000]/Contents<{'0' * ROOM}>>>")
    objects = ["<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
               "<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]/P 3 0 R/V 5 0 R/F 132>>", signature,
               f"<</Length {len(stream)}>>stream\n{stream}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"]
    out, places = b"%PDF-1.6\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()


def make(path, who, words="Ke hoach CCHC 2021", changed=False):
    """@changed: another word on the page than was signed."""
    pdf = _unsigned(words)
    place = pdf.index(b"/Contents<") + len(b"/Contents<")
    after = place + ROOM + 1
    ranges = f"[{0:010d} {place - 1:010d} {after:010d} {len(pdf) - after:010d}]".encode()
    pdf = pdf.replace(b"[0000000000 0000000000 0000000000 0000000000]", ranges)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/part", "wb") as part:
            part.write(pdf[:place - 1] + pdf[after:])
        for command in (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "certificate", "-days", "30", "-utf8",
                         "-subj", f"/CN={who}"],
                        ["cms", "-sign", "-binary", "-md", "sha256", "-signer", "certificate", "-inkey", "key", "-outform", "DER",
                         "-in", "part", "-out", "der"]):
            subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
        with open(os.path.join(folder, "der"), "rb") as der:
            figures = der.read().hex().encode()
    pdf = pdf[:place] + figures + pdf[place + len(figures):]
    with open(path, "wb") as file:
        file.write(pdf.replace(b"(Ke", b"(Be") if changed else pdf)
