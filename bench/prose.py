"""Prose in many scripts: real news prose where it is, else a small text.

The small text is from the Universal Declaration of Human Rights, shuffled word by word so that a
page of it does not compress far better than prose would.
"""

import random
from collections.abc import Iterator
from pathlib import Path

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
"""The real data beside the checkout; a fresh clone elsewhere has none."""

LANGUAGES = ("en", "pt", "ar", "hi", "my", "am", "zh")

_SENTENCES_IN_A_POST = 4  # 329 to 591 characters, as in TRUST.md

_SMALL = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with "
    "reason and conscience and should act towards one another in a spirit of brotherhood. "
    "Everyone is entitled to all the rights and freedoms set forth in this Declaration, without "
    "distinction of any kind, such as race, colour, sex, language, religion, political or other "
    "opinion, national or social origin, property, birth or other status.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de "
    "razão e de consciência, devem agir uns para com os outros em espírito de fraternidade. Todos "
    "os seres humanos podem invocar os direitos e as liberdades proclamados na presente "
    "Declaração, sem distinção alguma, nomeadamente de raça, de cor, de sexo, de língua, de "
    "religião, de opinião política ou outra, de origem nacional ou social, de fortuna.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا وعليهم أن يعامل "
    "بعضهم بعضا بروح الإخاء. لكل إنسان حق التمتع بكافة الحقوق والحريات الواردة في هذا الإعلان دون "
    "أي تمييز كالتمييز بسبب العنصر أو اللون أو الجنس أو اللغة أو الدين أو الرأي السياسي أو أي رأي "
    "آخر أو الأصل الوطني أو الاجتماعي أو الثروة أو الميلاد.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि "
    "और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए। सभी को इस घोषणा में "
    "सन्निहित सभी अधिकारों और आज़ादियों को प्राप्त करने का हक़ है और इस मामले में जाति, वर्ण, लिंग, भाषा, धर्म, "
    "राजनीति या अन्य विचार-प्रणाली के कारण भेदभाव का विचार न किया जाएगा।",
    "my": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊ တူညီလွတ်လပ်သော အခွင့်အရေးများဖြင့် "
    "လည်းကောင်း၊ မွေးဖွားလာသူများ ဖြစ်သည်။ ထိုသူတို့၌ ပိုင်းခြား ဝေဖန်တတ်သော ဉာဏ်နှင့် ကျင့်ဝတ် သိတတ်သော "
    "စိတ်တို့ရှိကြ၍ ထိုသူတို့သည် အချင်းချင်း မေတ္တာထား၍ ဆက်ဆံကျင့်သုံးသင့်၏။",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው። የተፈጥሮ ማስተዋልና ሕሊና ስላለው አንዱ ሌላውን "
    "በወንድማማችነት መንፈስ መመልከት ይገባዋል። እያንዳንዱ ሰው የዘር የቀለም የጾታ የቋንቋ የሃይማኖት የፖለቲካ ወይም የሌላ ዓይነት "
    "አስተሳሰብ የብሔራዊ ወይም የኅብረተሰብ ታሪክ የሀብት የትውልድ ወይም የሌላ ደረጃ ልዩነት ሳይኖሩ ነጻነቶች አሉት።",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"
    "人人有资格享有本宣言所载的一切权利和自由，不分种族、肤色、性别、语言、宗教、政治或其他见解、"
    "国籍或社会出身、财产、出生或其他身分等任何区别。",
}


def posts_in(language: str, data: Path = SHARED_DATA) -> Iterator[str]:
    """Yield texts of four sentences in one of `LANGUAGES`, without end."""
    flores = data / "flores" / f"{language}.txt"
    return _from_file(flores) if flores.exists() else _shuffled(_SMALL[language])


def _from_file(file: Path) -> Iterator[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    start = 0
    while True:
        yield " ".join(lines[(start + i) % len(lines)] for i in range(_SENTENCES_IN_A_POST))
        start += _SENTENCES_IN_A_POST


def _shuffled(text: str) -> Iterator[str]:
    chance = random.Random(8)  # noqa: S311 - the same words on every run
    words = text.split() if " " in text else list(text)
    joined = " " if " " in text else ""
    while True:
        yield joined.join(chance.choices(words, k=80 if joined else 150))
