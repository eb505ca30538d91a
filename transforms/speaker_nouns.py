"""The nouns that name speakers without a name, by the kind they mean: "the firm", "a nurse", "the report"."""

import re
from functools import lru_cache

from schemas.records import SpeakerType
from transforms.cues import words_of

COMPANIES = words_of("""
    company firm manufacturer operator airline chipmaker brewery brewer developer retailer supplier start-up startup
    maker publisher lender bank utility brand carrier miner platform business conglomerate subsidiary insurer
    broadcaster producer promoter contractor exporter importer restaurant hotel bakery shop store supermarket chain
    studio portal factory applicant competitor rival buyer fund brokerage carmaker forecaster automaker shipbuilder
    steelmaker drugmaker dairy provider distributor wholesaler vendor corporation multinational employer franchise
    clinic consultancy agency inc corp co ltd llc plc gmbh oyj ag sa holdings semiconductor energy airlines airways
    robotics pharmaceuticals motors industries systems networks labs properties securities partners technologies
    steel foods drinks power telecom label equity capital media software mining rail railways aviation telecoms
    logistics insurance electronics ventures grid roads air america arena toymaker railroad railway bookmaker
    railroads
    consortium smelter festival collective meatpacker mill
""")
PUBLIC_BODIES = words_of("""
    ministry department police council court government administration bureau commission authority authorities board
    parliament congress senate house embassy army navy military agency office inspectorate regulator watchdog
    ombudsman tribunal city county district municipality province region secretariat committee coastguard force
    constabulary assembly cabinet inquiry prosecutors treasury legislature troops mission bench kremlin opposition
    junta panel unit customs interpol borough judiciary registry service directorate metro
    delegation vatican
""")
OTHER_BODIES = words_of("""
    party campaign association union cooperative university college institute foundation organisation organization
    club coalition federation league centre center society trust church school hospital network newspaper magazine
    outlet website tabloid broadcaster group charity lobby syndicate guild body alliance museum gallery orchestra
    theatre theater observatory diocese parish congregation station archive academy laboratory lab forum movement
    think-tank thinktank chamber choir zoo venue airport port harbour theme-park co-operative mosque synagogue
    monastery abbey opera faction militia paramilitaries pac post journal news tribune herald gazette times
    conference archdiocese coast-guard branch lottery estate state management
    athletics press television radio chambers patriarchate prosecution
    nonprofit non-profit channel project programme initiative
""")
ORGANISATION_NAMES = words_of("""
    greenpeace unicef interpol beijing moscow washington brussels london paris berlin kyiv kiev tehran ankara cairo
    ottawa canberra tokyo seoul pyongyang riyadh islamabad delhi kabul baghdad damascus beirut rome madrid athens
    warsaw budapest vienna havana caracas pretoria nairobi jakarta manila hanoi bangkok taipei westminster holyrood
    afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus
    belgium bolivia botswana brazil britain bulgaria cambodia cameroon canada chile china colombia croatia cuba
    cyprus denmark ecuador egypt england eritrea estonia ethiopia finland france germany ghana greece guatemala
    haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan kazakhstan kenya
    kosovo kuwait laos latvia lebanon liberia libya lithuania luxembourg malawi malaysia mali malta mexico moldova
    mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua niger nigeria norway oman
    pakistan panama paraguay peru philippines poland portugal qatar romania russia rwanda scotland senegal serbia
    singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania thailand tunisia turkey
    türkiye uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen zambia zimbabwe
""")
DOCUMENTS = words_of("""
    report study poll survey filing letter lawsuit complaint document documents ruling memo statement tweet article
    book review transcript indictment affidavit audit analysis sign email bill order record records note notice
    caption plaque menu data figures figure evidence warrant images pictures autopsy preprint petition memorandum
    handbook leaflet advisory policy message messages comment comments verdict judgment judgement decision
    reconstruction assessment research experiment tests guidance findings statistics emails letters complaints diary
    inscription placard text texts manifesto communiqué communique bulletin checks estimate estimates projection
    draft treaty contract agreement constitution law act code guidelines rules results papers polls studies surveys
    reports reply replies check comparison inspection original box memoir editorial headline posts spreadsheet
    newsletter brochure dossier file files testimony prospectus census graphic paper investigation guidebook minutes
    logs log suit register docket catalog catalogue chalkboard blackboard count reference request line lines count
    measurements gauges card website webpage certificate certificates chat chats
    writ chargesheet rulebook graffiti evaluation entry finding bylaws ad advert slide recording video clip
    film documentary release banner submission tally subpoena summons legislation timeline obituary
""")
OFFICIALS = words_of("""
    spokesperson spokesman spokeswoman official officer aide source insider diplomat prosecutor minister senator
    mayor governor president chief judge sheriff detective ambassador adviser advisor representative deputy
    secretary commissioner chairman chairwoman chair premier chancellor congressman congresswoman lawmaker
    councillor councilor councilwoman councilman mp magistrate inspector sergeant superintendent constable colonel
    lieutenant captain admiral commander policeman policewoman envoy delegate legislator signaller coroner examiner
    rep counsel negotiator attaché guardsman trooper soldier director-general vice-president registrar alderman dpp
    bishop archbishop monarch king queen prince princess pope imam mufti taoiseach marshal spox press-secretary
    undersecretary speaker clerk justice general cardinal comptroller principal treasurer secretary-general warden
    vice-chancellor emir sultan monarch
    archdeacon churchwarden steward administrator regent viceroy whip mec mca
""")
PRIVATE_PEOPLE = words_of("""
    user commenter poster redditor woman man boy girl child teenager teen student pupil mother father mum mom dad
    parent brother sister son daughter wife husband grandmother grandfather grandson granddaughter nana aunt uncle
    cousin niece nephew neighbour neighbor friend colleague partner boyfriend girlfriend fiancé fiancée widow
    widower bride groom resident shopper customer passenger driver cyclist pedestrian witness survivor victim
    patient nurse doctor vet surgeon dentist physio lawyer solicitor barrister attorney lecturer teacher professor
    scholar scientist researcher engineer architect economist analyst trader fisherman farmer baker chef cook waiter
    waitress bartender barber plumber electrician carpenter builder mechanic worker employee staffer manager boss
    owner shopkeeper pawnbroker publican landlord landlady tenant foreman guide critic reviewer reader viewer
    listener fan supporter player footballer striker midfielder defender goalkeeper keeper coach trainer captain
    athlete runner swimmer boxer singer actor actress musician guitarist drummer composer songwriter artist painter
    sculptor author writer poet novelist journalist reporter editor photographer cameraman producer director
    filmmaker comedian presenter priest nun monk vicar pastor rabbi activist campaigner protester demonstrator
    volunteer organiser organizer person pal caller client surveyor consultant expert specialist agent accountant
    banker broker investor executive founder entrepreneur ceo billionaire millionaire celebrity star influencer
    blogger youtuber streamer gamer developer programmer designer hacker technician signalman sailor skipper crewman
    pilot conductor groundskeeper gardener caretaker janitor cleaner porter postman postwoman postmaster courier
    rider motorist trucker hiker climber walker tourist visitor traveller traveler refugee migrant villager islander
    local pensioner grandparent veteran inmate prisoner defendant suspect claimant plaintiff petitioner juror
    onlooker bystander passer-by passerby attendee participant member leader head principal headteacher headmaster
    headmistress dean rector historian archaeologist biologist hydrologist geologist astronomer physicist chemist
    statistician psychologist psychiatrist sociologist anthropologist meteorologist forecaster climatologist
    therapist midwife paramedic firefighter carer caregiver babysitter nanny housekeeper donor philanthropist
    contestant winner champion referee umpire linesman jockey golfer cricketer batsman bowler quarterback pitcher
    someone somebody anyone one anonymous boatman herder shepherd rancher winemaker beekeeper florist tailor
    seamstress dressmaker jeweller bookseller librarian curator archivist undergraduate graduate supervisor flatmate
    roommate housemate sibling twin stepfather stepmother mother-in-law father-in-law sister-in-law brother-in-law
    daughter-in-law son-in-law ex-husband ex-wife lad bloke guy lady gentleman toddler redhead operative lobbyist
    strategist candidate contender challenger incumbent hopeful businessman businesswoman housewife rapper creator
    starter co-star techie advocate stylist magnate bather grandad granddad grandma grandpa gran nan predecessor
    successor convenor coordinator secretary-general performer prophet stepson stepdaughter guest patron diner
    camper co-founder psychic busker gaffer frontman frontwoman pianist soloist tutor dancer choreographer
    parishioner commuter rescuer hotelier botanist linguist bandleader dispatcher epigrapher butcher vlogger
    biathlete heavyweight lightweight middleweight grocer milkman hairdresser choirmaster collector surfer diver
    skier rower sprinter gymnast wrestler cartoonist illustrator columnist podcaster naturalist conservationist
    beautician masseur violinist cellist flautist organist soprano tenor contralto baritone bassist vocalist
    saxophonist trumpeter percussionist playwright screenwriter dramatist translator interpreter zookeeper
    gamekeeper innkeeper bookkeeper beachcomber bargeman lighthouse-keeper lockkeeper stationmaster harbourmaster
    headhunter bricklayer plasterer roofer welder docker lorry-driver bus-driver dogwalker dog-walker childminder
    lollipop-lady apprentice trainee intern newcomer enthusiast hobbyist birdwatcher twitcher angler distiller
    sommelier restaurateur caterer confectioner chocolatier cheesemaker blacksmith goldsmith locksmith shoemaker
    watchmaker clockmaker carver stonemason decorator glazier upholsterer bookbinder typist receptionist cashier
    bellboy concierge doorman bouncer flight-attendant bosun deckhand yachtsman yachtswoman canoeist paddler
    mountaineer sherpa trekker explorer astronaut cosmonaut optometrist optician pharmacist chiropractor
    osteopath podiatrist radiographer radiologist cardiologist oncologist virologist epidemiologist immunologist
    paediatrician obstetrician gynaecologist neurologist pathologist toxicologist criminologist philosopher
    theologian mathematician cryptographer geographer cartographer demographer ethnographer naturopath herbalist
    astrologer clairvoyant magician juggler clown acrobat puppeteer ventriloquist stuntman stuntwoman supermodel
    ballerina socialite heiress tycoon mogul landowner crofter smallholder homeowner leaseholder freeholder
    squatter homesteader pilgrim worshipper penitent seminarian curate chaplain missionary evangelist preacher
    cantor caddy ballboy ballgirl goalscorer centre-half full-back fullback centre-back left-back right-back
    playmaker sub-editor subeditor whistleblower informant arrestee fugitive burglar thief robber shoplifter
    fraudster scammer kidnapper hostage captive detainee convict ex-convict offender perpetrator gunman schoolboy
    schoolgirl schoolchild schoolteacher invigilator newlywed fiancee ex-partner mother-of-two aunty auntie
    grandchild grandkid stepchild
    guard sponsor surrogate nominee moderator narrator announcer setter runner-up castmate speechwriter voter
    taxpayer opponent observer contributor creditor storyteller multimillionaire environmentalist citizen auctioneer
    stallholder bandmate classmate teammate
""")
GROUPS = words_of("""
    people women men boys girls children residents critics lawmakers experts opponents voters investigators
    internet police-officers witnesses others both some many most few hundreds dozens thousands everyone everybody
    nobody all public crowd family families couple staff crew defence defense electorate community communities lads
    locals relatives survivors islanders scholars mps senators councillors ministers officials officers diplomats
    judges magistrates detectives gunmen rebels insurgents clergy bishops peers backbenchers moderates hardliners
    purists traditionalists markets fisherfolk businessmen businesswomen businesspeople jurors couriers republicans
    democrats conservatives liberals labour tories neighbours neighbors farmers traders teachers doctors nurses
    scientists researchers analysts economists users fans readers viewers tenants parents workers students
    protesters campaigners activists academics industrialists youths youngsters teenagers elders aides advisers
    advisors three four five six seven eight nine ten two fishermen policemen firefighters servicemen tribesmen
    countrymen spokespeople townspeople salespeople provinces deputies group team groups commenters pensioners
    jury cast band alumni rest percent graduates squad guards trio
""")
SOURCES = ("familiar with", "close to", "briefed on", "with knowledge", "with direct knowledge")  # a person …
PLURAL_OFFICIALS = words_of("""
    sources insiders spokespeople spokesmen spokeswomen officials officers investigators diplomats detectives aides
    judges magistrates prosecutors commanders
""")

FEMALE_NOUNS = frozenset(
    words_of("""
    spokeswoman chairwoman congresswoman councilwoman policewoman postwoman saleswoman businesswoman woman girl
    mother mum mom sister daughter wife grandmother granddaughter nana aunt niece girlfriend fiancée widow bride
    waitress landlady actress nun headmistress seamstress ex-wife lady queen princess mother-in-law sister-in-law
    daughter-in-law stepmother nanny maid midwife heroine goddess ms mrs miss soprano madam dame baroness duchess
    countess mezzo-soprano ballerina hostess abbess
    """)
)
MALE_NOUNS = frozenset(
    words_of("""
    spokesman chairman congressman councilman policeman postman salesman businessman man boy father dad brother son
    husband grandfather grandson uncle nephew boyfriend fiancé widower groom waiter landlord monk headmaster
    ex-husband gentleman king prince father-in-law brother-in-law son-in-law stepfather bloke lad mr sir lord imam
    fisherman cameraman foreman guardsman linesman signalman crewman boatman priest rabbi baron duke tenor baritone
    altar-boy abbot
    """)
)
# What "the firm" can mean besides an organisation that says so in its name
BODY_FAMILY = {
    **dict.fromkeys(OTHER_BODIES, "other"),
    **dict.fromkeys(COMPANIES, "company"),
    **dict.fromkeys(PUBLIC_BODIES, "public"),
}
GENERIC_BODIES = frozenset(words_of("group organisation organization body agency operator applicant rival outlet"))

ORGANISATIONS = frozenset((*COMPANIES, *PUBLIC_BODIES, *OTHER_BODIES))
METONYMS = frozenset(
    {*ORGANISATION_NAMES, "united states", "united nations", "european union", "united kingdom", "saudi arabia",
     "south korea", "north korea", "south africa", "new zealand", "sri lanka", "burkina faso", "ivory coast",
     "costa rica", "el salvador", "sierra leone", "white house", "downing street", "hong kong", "new delhi",
     "buenos aires", "addis ababa", "state department", "city hall", "capitol hill", "number 10", "no 10"}
)  # fmt: skip
PERSON_LIKE = frozenset(
    words_of("""
    exporter importer retailer contractor lender insurer employer buyer seller rival competitor applicant auctioneer
    operator supplier developer distributor producer promoter maker publisher group wholesaler vendor brewer broker
    forecaster owner landlord partner chipmaker sponsor creditor contributor
    """)
)  # nouns whose plural is a group of people: "buyers", "some exporters"
# Pairs of words whose kind the second does not tell
COMPOUNDS: dict[str, SpeakerType] = {
    **dict.fromkeys(("coast guard", "national guard", "town hall", "city hall", "car wash", "fire brigade", "swat team",
                     "news agency", "home office", "civil guard", "border guard", "revolutionary guard",
                     "joint chiefs", "service executive", "market researcher", "data provider"),
                    "organisation"),
    **dict.fromkeys(("press release", "charge sheet", "working paper", "price guide", "food guide", "draft law"),
                    "document"),
    **dict.fromkeys(("lord advocate", "wing commander", "vice mayor"), "official_unnamed"),
    **dict.fromkeys(("front desk", "home end", "away end", "home crowd"), "group"),
}  # fmt: skip
# Nouns for bodies that are surnames as well: "Rich Banks"
BODY_SURNAMES = frozenset(words_of("banks mills brewer miner post church parks temple"))
# Bodies that are called by another noun the next time: "the watchdog", "the regulator"
BODY_SENSES = {
    **dict.fromkeys(words_of("regulator watchdog authority agency commission inspectorate ombudsman"), "regulator"),
    **dict.fromkeys(words_of("police force department constabulary sheriff"), "police"),
    **dict.fromkeys(words_of("court bench tribunal panel judiciary"), "court"),
    **dict.fromkeys(words_of("party alliance coalition opposition"), "party"),
    **dict.fromkeys(words_of("newspaper paper daily weekly magazine tabloid outlet website"), "paper"),
    **dict.fromkeys(words_of("station broadcaster channel network radio television"), "station"),
    **dict.fromkeys(words_of("charity group organisation organization foundation nonprofit trust society"), "charity"),
    **dict.fromkeys(words_of("company firm business group chain operator retailer maker airline"), "company"),
}
# Papers that are called by another noun the next time: "a poll", "the survey"
PAPER_FAMILIES = {
    **dict.fromkeys(words_of("survey poll"), "poll"),
    **dict.fromkeys(words_of("lawsuit suit complaint writ"), "suit"),
}
# Nouns that tell nearly nothing of whom they mean
ANYONES_NOUNS = frozenset({"man", "woman", "artist", "star", "player", "teenager", "teen", "performer", "athlete",
                           "celebrity", "champion", "winner", "patient", "victim", "defendant", "parent", "mother",
                           "father", "pensioner", "musician", "veteran", "suspect", "person", "lady", "youngster",
                           "pair", "nominee", "mum", "dad", "grandmother", "grandfather", "native"})  # fmt: skip
PERSON_SUFFIX = re.compile(r"\w+(?:ologist|ician|ianist|tarist|ralist|vationist|omist|icist)s?")  # pianists
NOUNS: dict[str, SpeakerType] = {
    **dict.fromkeys(GROUPS, "group"),
    **dict.fromkeys(ORGANISATIONS, "organisation"),
    **dict.fromkeys(PRIVATE_PEOPLE, "anonymous"),
    **dict.fromkeys(OFFICIALS, "official_unnamed"),
    **dict.fromkeys(PLURAL_OFFICIALS, "official_unnamed"),
    **dict.fromkeys(DOCUMENTS, "document"),
}


def singular(noun: str) -> str:
    """Return the singular of a regular plural, the noun itself if it is none: "companies" is company."""
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    if noun.endswith("people"):
        return noun[:-6] + "person"
    if noun.endswith("men"):
        return noun[:-3] + "man"
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


@lru_cache(maxsize=4096)
def kind_of_noun(noun: str) -> SpeakerType | None:
    """Return what kind of speaker a noun means, None if it means none: "nurses" are a group, "nurse" anonymous."""
    if noun in NOUNS:
        return NOUNS[noun]
    if PERSON_SUFFIX.fullmatch(noun):
        return "group" if noun.endswith("s") else "anonymous"
    one = singular(noun)
    if one == noun or one not in NOUNS:
        return None
    kind = NOUNS[one]
    return kind if kind in ("organisation", "document") and one not in PERSON_LIKE else "group"


def gender_of_noun(noun: str) -> str:
    """Return "she" or "he" for a noun that says so, else ""."""
    return "she" if noun in FEMALE_NOUNS else "he" if noun in MALE_NOUNS else ""
