"""Ordinary words with letters outside ASCII, a few dozen a language: between which neighbours each letter stands. Chosen to show every letter
of the language in its usual places (Italian accents end words, Swedish ones don't), not to be complete."""

ACCENTED = {
    "en": "café cafés fiancé fiancée cliché résumé naïve naïveté décor façade entrée soufflé Noël Zoë Chloë André José Renée Beyoncé El Niño jalapeño piñata über doppelgänger"
    " crème brûlée à la carte déjà vu Brontë René Björk Pokémon São Señor Peña Núñez Müller Göteborg rôle hôtel coöperate exposé protégé matinée sauté touché risqué château",
    "fr": "été être même très après où à déjà voilà là père mère frère bébé café école étude étudiant préféré première dernière scène Irène Hélène arène règle mètre complète collègue problème système modèle élevé légère chère"
    " déçue deçà français française garçon reçu façon leçon ça commença forêt tête fête fenêtre bête hôpital hôte côté bientôt plutôt dîner île août goût sûr dû connaître naître"
    " maïs naïf Noël cœur sœur œuvre œil œuf bœuf âge château âme gâteau théâtre célèbre répété réalité qualité société santé beauté marché année journée arrivée idée musée lycée"
    " fiancée médecin température régulière bibliothèque colère lumière rivière pièce près succès procès accès dès siècle élément événement général généreux intéressant intérêt"
    " arrêt prêt crêpe vêtement peut-être brûler coûter mûr août chaîne maître paraît plaît région télévision téléphone numéro réseau mémoire résultat décès dépêche désolé décevant"
    " amélioré équipe état époque éviter écouter énorme étrange employé acheté vendu trouvé mangé préparé utilisé Hervé Gérard Benoît Zoé Joël Maël François Françoise Éric Élodie Étienne",
    "de": "für über müssen können möchten würde wäre hätte könnte dürfen fünf zwölf früh spät schön größer groß Größe Straße heiß weiß Fuß Gruß Spaß außer draußen dreißig süß Füße"
    " grün müde süß Tür Tüte Stück Glück Brücke Rücken zurück Küche Bücher Brüder Schüler Übung Übersetzung natürlich günstig glücklich gemütlich pünktlich persönlich ähnlich täglich"
    " Mädchen Männer Länder Wälder Bäume Häuser Räume Verkäufer Käufer Läufer erklären zählen wählen fährt schläft trägt hält lässt läuft Gerät Qualität Universität Universität später"
    " nächste während ungefähr gefährlich schädlich Geschäft Gepäck Bäcker Bär Käse Öl Öfen öffnen öffentlich Österreich höflich hören gehören plötzlich Wörter Körper Köln böse Löffel"
    " Töchter Söhne Vögel völlig möglich nötig größte tschüss übrig üben überall Jürgen Günther Jörg Björn Bärbel Schröder Krämer Weiß Großmann fließen schließen genießen gemäß Maß",
    "es": "está estás están así aquí allí ahí también además después detrás jamás quizás más mamá papá sofá adiós café té bebé sí mí tú él qué quién cuándo cuánto cómo dónde por qué"
    " día días había tenía podía quería sería haría comía vivía vía fría policía librería panadería alegría energía país raíz maíz oído río tío vacío año años niña niños señor señora"
    " español española mañana montaña montañas pequeño pequeña enseñar baño sueño dueño compañero compañía cañón otoño piña uña leña extraño tamaño daño ánimo árbol áreas último última único"
    " número números música público público fútbol azúcar inútil según algún ningún común avión camión estación canción habitación información dirección educación televisión razón corazón"
    " jamón melón sillón rincón llegó habló comió salió murió vivió empezó terminó teléfono médico médica lápiz fácil difícil útil débil móvil cárcel página película capítulo título artículo"
    " artículos rápido rápida tráfico pájaro cámara máquina plátano sábado miércoles jóvenes exámenes imágenes orígenes inglés francés portugués interés después través pingüino vergüenza"
    " Martín García Rodríguez Fernández González Pérez López Sánchez Gómez Jiménez Álvarez Núñez Peña Íñigo Óscar Ángel Ángela José Andrés Tomás Jesús Raúl María Lucía Sofía",
    "it": "è perché poiché affinché benché finché né sé cioè caffè tè piè ahimè città università qualità libertà verità età metà società attività possibilità felicità novità bontà già là"
    " qua qualità papà sarà farà verrà andrà avrà potrà dovrà dirà sarà può però ciò farò sarò andrò comprò parlò andò tornò mangiò trovò cominciò perciò oblò comò più giù su gioventù virtù"
    " tribù laggiù ragù menù lunedì martedì mercoledì giovedì venerdì così sì lì finì partì capì sentì dormì colibrì né è stato è vero c'è cos'è dov'è com'è non è È E' Forlì Nicolò Cantù Perù",
    "pt": "não são então mão mãos pão irmão coração ação ações atenção informação informações situação estação estações lição canção avião aviões opinião opiniões reunião região razão"
    " verão amanhã manhã irmã maçã lã mãe mães cães pães põe põem limões corações você vocês até café pé é fé também alguém ninguém além porém três mês português inglês francês"
    " está estão lá já água área páginas rápido fácil difícil possível incrível terrível horrível amável saudável automóvel país saída caído aí difíceis dia história memória notícia polícia"
    " família série matéria próprio próxima último único música número público ônibus século técnico técnica médico médica número ótimo ótima péssima avó avô vovô nós só pó após porquê"
    " à às àquele começo começou praça preço preços serviço peça caça força endereço cabeça França açúcar serviços criança crianças diferença experiência paciência ciência"
    " consciência Antônio João Conceição Gonçalves Araújo Luís Inês André Mônica Cláudia Fátima Sérgio Patrícia Lúcia Flávio Júlia Goiás Brasília Paraná Ceará",
    "ca": "és més què perquè però només també això allò després així aquí avui català catalana Catalunya adéu cafè mà demà ja està està camí país veí raó avió estació cançó informació"
    " música número públic àrea àvia òpera història família ràpid fàcil difícil cotxe plaça força començar llengües qüestió raïm veïna col·legi intel·ligent pàgina telèfon metge ciència",
    "nl": "één eén coördinatie coöperatie zoölogie geïnteresseerd geïnformeerd geïnspireerd beïnvloed naïef ruïne egoïst heroïne Oekraïne Israël Italië België Azië Indonesië categorieën"
    " financiële officiële essentiële speciën ideeën zeeën tweeën drieën knieën patiënt cliënt cliënten efficiënt ingrediënten oriëntatie reëel creëren geëerd geëvalueerd vóór dóór"
    " hè hé café cafés scène crème carrière première à première privé logé coupé enquête crêpe fêteren Daniël Michaël Joël Noël Loïs Anaïs Chloé Desirée André René José façade reçu",
    "sv": "för även är där här när var på så då gå få stå må små två också både väl själv vänner många några någon något år åren dåligt bra nöjd köpa köpte äta åka läsa räcka räkna"
    " möte måste låg tåg båt gård gårdar åtta båda fråga svår språk påse råd höra göra dör kör röd grön bröd bröder öl öppen överallt höst hög höger snö sjö sön söndag lördag måndag"
    " tröja störst första förra förstå försök kött tjänst känna hjälp kärlek världen värld väg vägg träd träffa lägga säng säger rätt lätt fönster läkare väder räv bär pärla själ ägg"
    " Göteborg Malmö Västerås Örebro Linköping Jönköping Umeå Luleå Gävle Borås Skåne Åland Björn Jörgen Håkan Åke Åsa Örjan Östen Märta Bäckström Lindström Sjöberg Åberg Öberg Östlund"
    " Holmström Nyström Söderberg Bergström Sandström Strömberg Håkansson Ängelholm Älvsjö kändes bättre sämre bäst sämst tråkig långsam trevlig färg färsk måltid kvällen någonsin",
    "da": "på også så når går får står må små år både åben måned dårlig språk håber måske gård blå grå råd første først større smør brød rød grøn sød dør kør tør høre gøre gør køber"
    " øl ø øre øst østlig fødselsdag søndag lørdag børn bjørn sø sønner kød køkken være værre vært været læse læge æble æg nær næste næsten særlig hjælp kærlighed træ sæt tænke væk færdig"
    " København Århus Ålborg Odense Næstved Køge Tromsø Bodø Ålesund Gjøvik Søren Jørgen Børge Åse Øystein Bjørn Pål Håkon Ståle Kåre Sørensen Jørgensen Østergård Nørgaard Skovgård Kjær"
    " Vær Læsø trøtt kjøpe kjøpte gjøre spørsmål språk både fornøyd dårligere hyggelig første følte følge øyne høy høyre tjeneste kjære",
    "fi": "että myös mitä tämä tätä tässä täällä siellä hyvää hyvä päivä päivää yö työ työtä äiti isä tyttö pöytä pää sää jää vähän äänen kylmä lämmin mies käsi käydä käyttö käyttää"
    " pitää täytyy syödä juoda lähteä nähdä tehdä löytää käytännössä määrä väri ystävä ystävät keväällä kesällä syksyllä metsä järvi mäki Jyväskylä Hämeenlinna Mäkinen Hämäläinen Mäkelä Jääskeläinen Väinö Päivi",
    "is": "það þetta þessi þeir þær þau þú þér mér sér á í á móti við með það að ég hér þar þegar verður góður góð fólk bók skóli tónlist vatnið maður kona barnið fjörður sjórinn húsið"
    " bíll dagur árið ár mörg börn íslenska Ísland Reykjavík Þór Þórður Guðrún Sigurður Jón Ólafur Ásta Björk Jónsdóttir Guðmundsson takk góðan daginn gætu væri læra fær æfing öll önnur",
    "pl": "się jest są będę będzie być mieć może można że już też nie więc także więcej mniej ciągle książka książki książkę mąż żona dziecko pięć dziesięć sześć dziewięć część części"
    " środa święto święta światło świat świeży śnieg śniadanie śmierć źle źródło późno późniejszy łóżko łatwy ładny łąka łódź słońce słowo słaby mały mała małe biały była był było byłem byłam"
    " został głowa długo długi głos główny włosy złoty złe zły stół dół wół mógł pomógł który która które ktoś coś dziś gdzieś nigdzie któryś góra ogród róg mówić mówi córka król wróbel ósmy"
    " również próba źródła koń dzień tydzień sierpień styczeń państwo pański koński słońca piękny pięknie prędko ręka ręce miesiąc tysiąc pieniądze początek porządek wziąć zacząć ząb"
    " dąb wąż ścieżka ściana ćwiczenie ćma życie życzenia żółty żeby żadne każdy każda już różne róża duży duża dużo morze rząd trzeć iść przyjść miłość radość jakość wysokość odpowiedź"
    " Łukasz Paweł Michał Małgorzata Kowalczyk Dąbrowski Wiśniewska Wójcik Kamiński Zieliński Szymański Woźniak Kozłowski Jabłoński Król Wróbel Wrocław Poznań Białystok Toruń Śląsk Żywiec Częstochowa Bełchatów",
    "cs": "že už když kdyby také taky ještě jsem není má máme mají být je své který která které něco někdo někde nějak nikdy vždy všechno všichni každý žádný dobrý dobré dobrá špatně"
    " člověk člověka lidé muži žena ženy dítě děti děkuji děkuju prosím město města ulice náměstí dům domů dnů světů můj tvůj svůj můžu může můžete růže kůň hůl stůl půl průvodce"
    " dveře dřevo řeka řeč říct říkal říjen září tři čtyři třicet přítel přijít přišel přes před při příklad středa čtvrtek pátek neděle úterý pondělí červen červený černý čas často"
    " čeština český česká čtu číslo čistý počítač večer večeře oči ruční začátek konečně věc věci věřit věk květen květina tělo pět devět deset dvě světlo svět běžet těžký měsíc mléko"
    " krásný hezký starý mladý velký malý nový nová celý bílý bílá žlutý zelený modrý teď loď labuť chuť síť ťuk ďábel maďarský kůňň daň dlaň píseň žízeň koň plzeň byť ačkoli šest škola štěstí"
    " široký šaty sešit lepší starší myš duše Tomáš Lukáš Jiří Ondřej Zdeněk Matěj Šárka Kateřina Lucie Božena Novák Svoboda Novotný Dvořáková Černý Procházka Kučera Veselý Horák Němec Pokorný Růžička Šťastný"
    " Brně Ústí Liberec Hradec Králové České Budějovice Jihlava Zlín Kladno Opava Karviná Havířov Třebíč Znojmo Příbram",
    "sk": "že už keď tiež ešte som nie je má majú byť ktorý ktorá ktoré niečo niekto nikdy vždy všetko všetci každý žiadny dobrý dobré zlý zlé človek ľudia muž žena dieťa deti ďakujem ďalej ďaleko"
    " mesto námestie dom kôň stôl môj tvoj svoj môžem môže nôž ruža dvere rieka reč povedať október september tri štyri priateľ prísť prišiel pred príklad streda štvrtok piatok nedeľa učiteľ"
    " Ľubica Ľudmila Košice Žilina Bratislava Prešov Nitra Trenčín Poprad Michalovce Tomáš Lukáš Ján Horváth Kováč Varga Tóth Nagy Baláž mäso päť deväť mäkký väčší vŕba stĺp vĺčik",
    "hu": "és én ő így úgy még már nagyon jól jó rossz után között előtt mögött fölött alatt miért hogyan hová hány két három négy öt hét nyolc tíz húsz száz ezer első második nő férfi"
    " gyerek szülő szülők nővér fivér barát tanár orvos könyv könyvek könyvtár szép szőke kék zöld fehér fekete sárga vörös piros víz bor sör tej kenyér hús gyümölcs zöldség étterem idő időjárás"
    " eső hó nap szél tél nyár ősz tavasz hétfő kedd szerda csütörtök péntek szombat vasárnap január február március április május június július város falu utca út tér ház szoba ajtó ablak"
    " kérem köszönöm szívesen viszontlátásra értem értés tudás munkás művészet műhely gyűlés tűz fű fűtés bűn hűtő könnyű gyönyörű egyszerű nagyszerű erős erdő mező jövő szőlő kettő felső belső"
    " László István János József Zoltán Sándor Ferenc Gábor Tamás Péter Mária Erzsébet Ilona Katalin Éva Zsófia Ágnes Judit Szabó Tóth Kovács Horváth Németh Molnár Szűcs Kőszeg Debrecen Székesfehérvár Győr",
    "ro": "și să în însă între întâi într-un când cât sunt fără după către până doar decât mâine câine pâine mână română România București țară țări oraș oraşe şi ţară ştiu viaţă piaţă"
    " bună seara casă masă fată mamă tată apă carte cărți bărbat femeie copii copil școală învățător încă înainte înapoi îmi îți și-a avea văd văzut făcut făceam mulțumesc mulțumiri"
    " foarte bine rău ușor greșit așa același mașină ușă ștergar stradă gară iarnă vară toamnă primăvară săptămână zi noapte seară lună câteva Iași Constanța Timișoara Brașov Galați Ștefan Țepeș",
    "hr": "što koji već još može možemo žena muž dijete djeca riječ riječi cijena kuća kući noć moć ćemo ćete hoće neće veće cvijeće voće treći sljedeći čovjek čaj često četiri čitati početak"
    " večer večera učitelj učenik kolač također takođe između dođi dođe tuđi mađarski rođen rođendan ljuđi škola šest šuma poštovani lošije loše dobro došli išli živjeti život možda"
    " Ivić Horvatić Kovačević Babić Marić Jurić Novaković Petrović Tomašić Đurđa Đorđe Željko Željka Šibenik Čakovec Požega Križevci Varaždin Osijek",
    "sl": "že še če več kaj kdo kje kdaj dežela človek čas časa otrok žena mož hiša šola učenec učitelj beseda začetek konec večer večerja čaj črka čisto četrtek četrti pet šest devet več kot"
    " možno življenje živeti moški ženska dež sneg srečno sreča noč noči pomoč moč peč rdeča bel črn zelen rumen Črnomelj Šiška Škofja Loka Žalec Matjaž Tomaž Blaž Boštjan Žiga Špela Kovačič Novačan Žagar",
    "tr": "bir çok için değil iyi kötü güzel büyük küçük ürün ürünü gün günü dün bugün gündüz gece sabah akşam öğle öğretmen öğrenci okul köy şehir şimdi şey şeker şu şarkı başka başladı beş altı"
    " yaş yaşında taş kış kuş dış dişçi işe iş işçi eş arkadaş kardeş güneş ateş geniş yanlış alış satış yağmur dağ sağ sol bağ ağaç ağır ağız doğru değer eğer eğitim öğle soğuk sıcak ılık ışık"
    " kız kızım kırmızı sarı yeşil mavi kapı kutu açık kapalı yakın uzak yazı yazdı aldım geldi gördü verdi kaldı hızlı yavaş ısı ıslak sınıf sıra kadar artık hâlâ kâğıt mı mi mü mu değildi"
    " üç dört yüz bütün türk Türkiye Türkçe İstanbul İzmir Ağrı Muş Çankırı Çorum Şanlıurfa Eskişehir Diyarbakır Iğdır Kırşehir Niğde Elazığ Ümraniye Üsküdar Kadıköy Beyoğlu Ayşe Şükrü Gülşen Çağla Özlem"
    " Ömer Uğur Oğuz Çiğdem Işıl Yılmaz Öztürk Şahin Çelik Yıldız Yıldırım Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek teşekkürler lütfen müşteri hizmeti ücret bağlantı",
    "lt": "ir yra būti buvo taip pat labai gerai blogai žmogus žmonės vyras moteris vaikas vaikų namų miestas diena naktis savaitė mėnuo metų šiandien rytoj vakar ačiū prašau kalba lietuvių žodis"
    " mokykla šuo katė saulė žiema vasara pavasarį rudenį jį ją jų mūsų jūsų kurį dėl kodėl šį šią čia ėjo gražus mažas didelis žalias Šiauliai Klaipėda Panevėžys Ąžuolas",
    "lv": "ir būt bija arī ļoti labi slikti cilvēks vīrietis sieviete bērns bērni māja pilsēta diena nakts nedēļa mēnesis gads šodien rīt vakar paldies lūdzu valoda latviešu vārds skola suns kaķis"
    " saule ziema vasara pavasarī rudenī viņš viņa mūsu jūsu kāpēc šī šis tā tās mazs liels zaļš Rīga Liepāja Jūrmala Jānis Pēteris Kārlis Līga Bērziņš Kalniņš Ozoliņš ģimene ķirsis",
    "et": "on oli ära väga hästi halb hea inimene mees naine laps lapsed maja päev öö nädal kuu täna homme eile tänan aitäh palun keel eesti sõna kool koer kass päike talv suvi kevad sügis tema meie"
    " mõni mõned kõik kõige õpetaja õpilane õhtu õun põhi lõuna jõgi mõte tõesti töö tööd sööma söök pöörama jõud küll küla küsima müük rõõm võib võimalik šokolaad Pärnu Võru Jõgeva Põlva Õnne Ülle Jüri",
}
