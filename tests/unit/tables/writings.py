"""Sentences, labels and names in many languages, written for these tests, and the tables that are made of them in every encoding that can
hold them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

WEST = ("cp1252", "latin-1", "iso8859-15", "mac-roman", "cp850")
CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")
JAPANESE = ("cp932", "euc_jp", "iso2022_jp", "shift_jis", "shift_jis_2004", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@dataclass(frozen=True)
class Language:
    encodings: tuple[str, ...]
    sentences: list[str]
    labels: list[str]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


LANGUAGES = {
    "en": Language(
        ("cp1252", "mac-roman"),
        _lines("""
        I don’t think it’s worth the money
        They’re late again and nobody’s sorry
        She said “never again” and left
        The room wasn’t clean – we’ll not come back
        My brother’s phone won’t charge any more
        What’s the point of a café that closes at noon?
        “Great value,” he told us… and it was
        You can’t beat the old model’s battery
        We’d have stayed, but the manager’s answer was rude
        It’s a naïve plot, yet I couldn’t stop reading
        """),
        _lines("""
        don’t know
        it’s fine
        O’Neill’s
        can’t say
        café
        fiancée
        résumé
        £5
        20°C
        €30
        Beyoncé
        Brontë
        rock ’n’ roll
        """),
    ),
    "de": Language(
        WEST,
        _lines("""
        Die Lieferung kam zwei Tage zu spät
        Für den Preis völlig in Ordnung
        Ich würde es jederzeit wieder kaufen
        Der Verkäufer war unhöflich und hat nicht zugehört
        Schöne Größe, aber die Farbe gefällt mir nicht
        Leider hat das Gerät nach einer Woche aufgehört zu laufen
        Das Frühstück war üppig und die Straße ruhig
        Könnte etwas leiser sein, sonst großartig
        Über die Hälfte der Plätze blieb leer
        Mäßige Qualität, dafür günstig
        """),
        _lines("""
        München
        Größe
        männlich
        Köln
        schlecht für mich
        Grün
        Straße
        Österreich
        Käse
        Müller
        """),
    ),
    "fr": Language(
        WEST,
        _lines("""
        Je suis très déçu par la qualité du produit
        Le garçon nous a oubliés à la terrasse
        C'était une soirée agréable, même sans café
        La livraison a été rapide et le vendeur à l'écoute
        Où est passée ma commande passée le mois dernier ?
        Ça ne marche pas, j'ai dû le renvoyer
        Un très bel hôtel près de la forêt
        L'élève a réussi son examen grâce à sa mère
        Prix trop élevé pour ce que c'est
        Nous reviendrons dès l'été prochain
        """),
        _lines("""
        déçu
        très bien
        français
        élève
        forêt
        Hélène
        à voir
        garçon
        événement
        Besançon
        """),
    ),
    "es": Language(
        WEST,
        _lines("""
        El niño no durmió en toda la noche
        Mañana volveré a llamar al señor Núñez
        ¿Dónde está la estación más cercana?
        ¡Qué película tan aburrida!
        La atención fue rápida y muy cálida
        No funcionó después de una semana
        Los años pasan y la compañía no cambia
        Según el médico, el corazón está bien
        El camarón estaba frío y el limón también
        Compré un piso pequeño en España
        """),
        _lines("""
        niño
        España
        mañana
        Muñoz
        año
        película
        corazón
        sí
        baño
        Málaga
        """),
    ),
    "it": Language(
        WEST,
        _lines("""
        La città è più bella di sera
        Perché il treno è sempre in ritardo?
        Non c'è più niente da fare, però ci proverò
        Il caffè era freddo e la qualità pessima
        Così non si può andare avanti
        È stata una serata piacevole e tornerò lunedì
        La libertà di scegliere è già qualcosa
        Lavorerà fino a venerdì, poi partirà
        Il papà di Niccolò sarà là domani
        Né carne né pesce, ma si può mangiare
        """),
        _lines("""
        città
        perché
        così
        è vero
        qualità
        più
        lunedì
        Niccolò
        virtù
        caffè
        """),
    ),
    "pt": Language(
        WEST,
        _lines("""
        Não gostei da comida, estava sem sal
        A informação do site não está atualizada
        O avião saiu às três da manhã
        Você já viu o coração da cidade?
        Muito bom, recomendo aos irmãos e às mães
        A lição de amanhã será sobre as estações
        Os pães estavam frescos e o café também
        Não há razão para tanta confusão
        São João é a melhor época do ano
        A água do balcão é grátis
        """),
        _lines("""
        não
        São Paulo
        coração
        irmã
        avó
        ótimo
        péssimo
        João
        ação
        três
        """),
    ),
    "nl": Language(
        WEST,
        _lines("""
        Er was maar één probleem met de levering
        De reünie werd een paar weken uitgesteld
        Mijn zoon vindt het idee geweldig, hè
        Belgïe is verkeerd geschreven, België is goed
        De coördinatie met het café liep slecht
        Hij werkt vóór de zomer niet meer
        De patiënten waren tevreden over de zuster
        We hebben geïnvesteerd in een nieuwe keuken
        """),
        _lines("""
        één
        België
        café
        reünie
        patiënt
        geïnteresseerd
        Zoë
        Curaçao
        """),
    ),
    "sv": Language(
        WEST,
        _lines("""
        Maten var god men personalen för långsam
        Jag är nöjd med köpet och åker gärna dit igen
        Höstens första snö föll över sjön
        Vi fick vänta på ett svar i två månader
        Rummet var kallt och sängen hård
        Åsa och Göran äter frukost på balkongen
        Det är för dyrt för vad man får
        Båten går klockan åtta från Malmö
        """),
        _lines("""
        Åsa
        Göran
        Malmö
        Märta Öberg
        Sjöström
        Håkan
        Åke
        röd
        dålig
        Växjö
        """),
    ),
    "pl": Language(
        CENTRAL,
        _lines("""
        Książka dotarła szybko i w dobrym stanie
        Nie polecam, obsługa była bardzo niemiła
        Zażalenie złożyłem w zeszłą środę
        Pociąg spóźnił się o godzinę, więc wróciliśmy do domu
        Świetny film, choć trochę za długi
        Czy można zapłacić kartą na miejscu?
        Wnętrze jest piękne, a widok z okna zachwyca
        Żona mówi, że kawa była za słaba
        Cena niższa niż w sklepie obok
        Dziękuję za pomoc, wszystko działa
        """),
        _lines("""
        Łódź
        Kraków
        źle
        świetny
        mężczyzna
        płeć
        Gdańsk
        Wałęsa
        zły
        żółty
        """),
    ),
    "cs": Language(
        CENTRAL,
        _lines("""
        Příští týden přijedu až v úterý
        Kniha přišla rychle a v dobrém stavu
        Obsluha byla nepříjemná a jídlo studené
        Děti měly radost, že můžou plavat
        Cena je příliš vysoká, ale kvalita dobrá
        Vlak měl zpoždění, takže jsme šli pěšky
        Žádné ubytování už tam nechceme
        Ředitel školy odpověděl hned ráno
        Výborný film, líbil se celé rodině
        """),
        _lines("""
        Děčín
        špatný
        Plzeň
        žena
        muž
        dobře
        Dvořák
        příjmení
        město
        Říčany
        """),
    ),
    "hu": Language(
        CENTRAL,
        _lines("""
        A könyv gyorsan megérkezett és jó állapotban volt
        Nem ajánlom, mert a kiszolgálás nagyon rossz
        Jövő héten újra elmegyünk a fürdőbe
        Az étel hideg volt, a pincér pedig udvariatlan
        Gyönyörű kilátás nyílik a hegyre
        Köszönöm a segítséget, minden működik
        Túl drága ahhoz képest, amit nyújt
        A gyerekek örültek, hogy úszhattak
        """),
        _lines("""
        nő
        férfi
        Győr
        jó
        Pécs
        rossz idő
        Erdős
        művész
        város
        """),
    ),
    "tr": Language(
        ("cp1254", "iso8859-9"),
        _lines("""
        Ürün hızlı geldi ama kutusu ezilmişti
        Kesinlikle tavsiye etmiyorum, çok kötü bir deneyimdi
        İstanbul’da yaşayan kardeşim çok beğendi
        Garson siparişi unuttu, yemek soğuktu
        Gelecek hafta yine gideceğiz
        Fiyatına göre gayet iyi bir telefon
        Çocuklar havuzu çok sevdi, teşekkürler
        Işıklar söndüğünde film başladı
        Şehir merkezine yakın ve sessiz
        """),
        _lines("""
        kötü değil
        İzmir
        erkek kardeş
        Şule
        çok güzel
        Beşiktaş
        ağır
        kadın
        Doğan
        """),
    ),
    "ru": Language(
        CYRILLIC,
        _lines("""
        Книга пришла быстро и в хорошем состоянии
        Не советую, обслуживание очень плохое
        На следующей неделе мы поедем туда снова
        Еда была холодной, а официант грубым
        Прекрасный вид из окна на реку
        Спасибо за помощь, всё работает
        Слишком дорого за такое качество
        Дети радовались, что можно плавать
        Поезд опоздал на целый час
        """),
        _lines("""
        хорошо
        Плохо
        Москва
        мужчина
        ЖЕНЩИНА
        текст
        метка
        Иванов
        да
        нет
        """),
    ),
    "el": Language(
        ("cp1253", "iso8859-7"),
        _lines("""
        Το βιβλίο ήρθε γρήγορα και σε καλή κατάσταση
        Δεν το συνιστώ, η εξυπηρέτηση ήταν κακή
        Την επόμενη εβδομάδα θα πάμε ξανά
        Το φαγητό ήταν κρύο και ο σερβιτόρος αγενής
        Ωραία θέα από το παράθυρο στη θάλασσα
        Ευχαριστώ για τη βοήθεια, όλα λειτουργούν
        Πολύ ακριβό για αυτό που προσφέρει
        Τα παιδιά χάρηκαν που μπορούσαν να κολυμπήσουν
        """),
        _lines("""
        καλό
        κακό
        Αθήνα
        γυναίκα
        άνδρας
        Θεσσαλονίκη
        ναι
        κείμενο
        """),
    ),
    "ko": Language(
        ("euc_kr", "cp949"),
        _lines("""
        배송이 빠르고 상태도 좋았습니다
        추천하지 않습니다 직원이 불친절했어요
        다음 주에 가족과 다시 가려고 합니다
        음식은 식어 있었고 값도 비쌌다
        창밖으로 보이는 바다가 아름답네요
        도와주셔서 감사합니다 이제 잘 됩니다
        가격에 비해 품질이 많이 떨어져요
        아이들이 수영장을 무척 좋아했습니다
        """),
        _lines("""
        좋음
        나쁨
        서울
        남자
        여자
        본문
        이름
        부산시
        예
        매우 만족
        """),
    ),
    "zh": Language(
        ("gb18030", "gb2312"),
        _lines("""
        这本书很快就送到了，包装也很好
        服务态度太差，我不会再来了
        下个星期我们全家还要去一次
        菜是凉的，服务员也没有道歉
        从窗口可以看到很美的湖
        谢谢你们的帮助，现在一切正常
        价格太贵，质量却很一般
        孩子们非常喜欢那个游泳池
        """),
        _lines("""
        正面
        负面
        很好
        不满意
        上海
        男
        女
        姓名
        文本
        一般
        """),
    ),
    "zh-hant": Language(
        ("big5", "cp950"),
        _lines("""
        這本書很快就送到了，包裝也很好
        服務態度太差，我不會再來了
        下個星期我們全家還要去一次
        菜是涼的，服務員也沒有道歉
        從窗口可以看到很美的湖
        謝謝你們的幫助，現在一切正常
        價錢太貴，品質卻很普通
        孩子們非常喜歡那個游泳池
        """),
        _lines("""
        正面
        負面
        很好
        不滿意
        臺北
        男
        女
        姓名
        內容
        普通
        """),
    ),
    "ja": Language(
        JAPANESE,
        _lines("""
        届いた本は状態がよく、梱包も丁寧でした
        店員の態度が悪かったので、もう行きません
        来週、家族ともう一度行くつもりです
        料理は冷めていて、謝罪もありませんでした
        窓から見える湖がとても綺麗だった
        おかげさまで、すべて正常に動いています
        値段の割に品質はいまひとつ
        子どもたちはプールが大好きになりました
        電車が一時間も遅れて困った
        スマホの充電がすぐ切れるのは残念
        """),
        _lines("""
        良い
        悪い
        名前
        東京
        男性
        女性
        氏名
        本文
        ラベル
        はい
        いいえ
        満足
        とても不満
        どちらでもない
        ｶﾀｶﾅ
        ﾃｽﾄ ﾀﾛｳ
        テスト
        """),
    ),
}  # fmt: skip
PLAIN = (
    "the delivery was quick",
    "a good film",
    "too expensive",
    "works well",
    "no comment",
    "never again",
    "very kind staff",
    "as expected",
)


@dataclass(frozen=True)
class Case:
    """A table as its writer saw it, and the bytes that were saved."""

    language: str
    kind: str
    encoding: str
    text: str

    @property
    def data(self) -> bytes:
        return self.text.encode(self.encoding)


def cases(language: str, seed: int = 0) -> Iterator[Case]:
    """Tables of every kind in every encoding of the language; those that an encoding lacks a letter for are left out."""
    for encoding in LANGUAGES[language].encodings:
        for kind, make in KINDS.items():
            for number in range(REPEATS[kind]):
                chance = random.Random(f"{language} {encoding} {kind} {number} {seed}")
                text = make(LANGUAGES[language], chance)
                try:
                    text.encode(encoding)
                except UnicodeEncodeError:
                    continue
                if not text.isascii():
                    yield Case(language, kind, encoding, text)


def _table(chance: random.Random, texts: list[str], header: str = "text,label") -> str:
    end = chance.choice(["\n", "\r\n"])
    rows = [f'"{text}",{chance.choice("01")}' if "," in text else f"{text},{chance.choice('01')}" for text in texts]
    return end.join([header, *rows, ""])


def _plain(chance: random.Random, count: int) -> list[str]:
    return [f"{chance.choice(PLAIN)} {number}" for number in range(count)]


def _many(language: Language, chance: random.Random) -> str:
    return _table(chance, [f"{chance.choice(language.sentences)} {number}" for number in range(chance.choice([20, 300, 5000]))])


def _few(language: Language, chance: random.Random) -> str:
    return _table(chance, chance.choices(language.sentences, k=chance.choice([1, 2, 5])))


def _one_row(language: Language, chance: random.Random) -> str:
    texts = _plain(chance, chance.choice([5, 500]))
    texts[chance.randrange(len(texts))] = chance.choice(language.sentences)
    return _table(chance, texts)


def _one_label(language: Language, chance: random.Random) -> str:
    texts = _plain(chance, chance.choice([5, 500]))
    return _table(chance, texts).replace(",1", f",{chance.choice(language.labels)}", 1)


def _labels(language: Language, chance: random.Random) -> str:
    return _table(chance, chance.sample(language.labels, k=min(chance.choice([2, 4, 8]), len(language.labels))))


def _single(language: Language, chance: random.Random) -> str:
    return chance.choice(language.labels) + "\n"


def _header(language: Language, chance: random.Random) -> str:
    return _table(chance, _plain(chance, 20), f"{chance.choice(language.labels)},{chance.choice(language.labels)}".replace(" ", "_"))


KINDS = {
    "many rows": _many,
    "few rows": _few,
    "one row among plain ones": _one_row,
    "one label among plain rows": _one_label,
    "labels": _labels,
    "a single word": _single,
    "header": _header,
}
REPEATS = {
    "many rows": 1,
    "few rows": 2,
    "one row among plain ones": 1,
    "one label among plain rows": 2,
    "labels": 2,
    "a single word": 3,
    "header": 2,
}
