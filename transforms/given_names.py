"""Given names that mostly go with "he" or with "she": evidence for pronouns, put together for this project.

Names that go with both (Kim, Robin, Sam) are left out.
"""

from transforms.cues import words_of

FEMALE = frozenset(
    words_of("""
    aaliyah abbie abby abena abigail achieng ada adaeze adaora adelaide adele adhiambo adina aditi adriana adwoa
    afua agata agatha agathe agnes agnese agnieszka aida aiko ainhoa aino aisha aishatu aisling aissata aissatou
    ajda akinyi akosua alana alba alejandra alejandrina aleksandra alessandra alessia alexa alexandra alexia alice
    alicia alina alison aliya aliyah aliza allegra allison alma alva alyssa ama amaia amaka amal amalia amanda
    amandine amani amara amaya ambika ambreen amelia amelie amina aminata amira amirah amrita amy ana anahera anais
    anastasia anaya andreea anette angela angelica angelika angelina anika anisa anisha anita anja anjali anke ann
    anna annabel annabelle annalise annamaria anne anneke anneli anneliese annette annie annika anouk anthea antje
    antonella antonia anushka anya aoife apinya araceli ariadne ariana arianna arlene aroha aryna asha ashlee ashley
    asia asma assia astrid asya atefeh athena atieno audrey aurelia aurora ava awa aya ayelet ayesha ayla aylin
    aysel azadeh azra bahar barbara basma beata beatrice beatriz becky begum belen belinda bella benedetta benita
    berenice berit bernadette beryl beth bethany betsy bettina betty bev beverley beverly bhavna bianca birgit
    birgitta birgitte birna bisi blanca boitumelo bolanle bonnie bozena brandi brandy branka bree brenda brianna
    bridget brigid brigitte britney britta brittany bronagh bronte bronwen brooke bryony bushra busi busisiwe
    caitlin caitriona camila camilla candace candice caoimhe cara carina carla carlotta carly carmel carmela carmen
    caro carol carole carolina caroline carolyn carrie cassandra cassie catalina caterina catherine cathy cecile
    cecilia cecily celeste celestina celestine celia celine chandra chantal chantelle charity charlene charlotta
    charlotte charmaine chelsea cherie cheryl chiamaka chiara chidinma chika chinonso chinwe chinyere chioma chipo
    chloe christa christabel christelle christie christina christine ciara cindy claire clara clarissa claudette
    claudia clementine cleo colette colleen comfort concetta constance consuelo cora cordelia corinne cornelia
    cosima cristiana cristina cynthia dagmar dagny daisy dalia dana danica daniela daniella danielle
    danijela danuta daphne darya dawn deanna debbie debora deborah debra deepa deepika deirdre delia delores
    delphine denise desiree devika dewi diana diane dianne dikeledi dilan dilnoza dilys dina dinah dionne divya
    dolly dolores dominika donna dora dorcas doreen doris dorota dorothea dorothee dorothy drusilla dunja edda edina
    edith edna eeva eftychia efua eglantine eileen eilidh eimear ekaterina ekua elaheh elaine eleanor elena eleni
    eleonora eleri elif elin elina elisa elisabeth elisabetta elise elissa eliza elizabeth elke ella ellen ellie
    elodie eloise elsa elsie elspeth eluned elvira elzbieta emilia emilie emily emine emma enid erica erika erin
    erna ernestine esi esme esperanza estefania estelle esther eszter ethel etta eugenia eugenie eun-ji eunice
    eusebia eva evangelina eve eveline evelyn evie ewa fabienne fabiola faith fanny farah farhat farida farzana
    fatema fatemeh fatima fatimah fatma fatou fatoumata fay faye federica felicia felicity felly fenella fernanda
    ffion filipa filomena fiona flavia fleur flora florence folake frances francesca francine francoise franziska
    freda freya frida frieda funke funmilayo gabriela gabriella gabrielle galina gauri gayle geeta gemma genevieve
    genoveva georgette georgia georgiana georgie georgina geraldine gerda germaine gertrude ghada ghislaine gilda
    gillian gina ginette giorgia giovanna gita gitte giulia glenda glenys gloria grace graciela grainne grazia greer
    greta gretchen gretel grethe guadalupe gudrun guinevere gulnara gunilla gunvor gwen gwenda gwendolyn gwenllian
    gwenno gwyneth habiba hadiza hafsa hajra hala halima halyna hana hanan hanna hannah hanne hannele harriet hasmik
    hatice hatsue hauwa hayley hazel heather heba hedda hedvig hedwig heidi heike helen helena helene helga helmi
    henrietta henriette hermine hermione hiba hilary hilda hilde hind hiroko hollie holly hortense hortensia
    hristina huda hyacinth ida ifeoma ilaria ilona ilse imani imelda imke imogen ina indira ines inez inga inge
    ingeborg ingrid ingunn ingvild inmaculada ioana ioanna irena irene irina iris irma irmgard isabel isabella
    isabelle isha ishara isidora isla isobel itzel itziar ivana iveta ivy iwona izabel izabela jacinta jacqueline
    jadranka jadwiga jahanara jaimie jamila jana jane janelle janet janette janice janina janine janis jasmin
    jasmine jaya jayashree jayne jean jeanette jeanne jelena jemima jemma jen jenna jennifer jenny jess jessica jill
    jillian jitka joan joana joanie joanna joanne jocasta jocelyn jodi jodie johanna johanne joke jolanda jolene
    jorunn josanne josefina josefine josephina josephine josette josie jovana joy joyce juana juanita judit judith
    judy julia juliana julianna julie julienne juliet julieta jumana justina justine justyna jyoti kadija kaja
    kalina kalpana kamala kamila kamla karen karima karin karina karla karolina karoline kasey kasia katalin
    katarina katarzyna kate katerina kateryna katharina katharine katherine kathleen kathryn kathryne kathy katie
    katja katrin katrina katy kavita kayla kayleigh kazuko keiko kelly kelsey kemunto kendra kerry keziah khadija
    khanyi kiana kiera kimberley kimberly kinga kiri kirsten kirstie kirsty klara klaudia komal kornelia krista
    kristel kristen kristi kristin kristina kristine kristy krisztina krystal krystyna kulsoom lacey laila laima
    lakshmi lalita lana lara larisa larissa lata latifa latisha latoya laura laurel lauren laurence lavinia layla
    lea leah leanna leanne leila leilani lena lenka lenore leokadia leonie leonor leonora lerato lesia leticia libby
    lidia lidija ligia liis lila lilian liliana lilla lillian lillie lilly lily lina linda lindiwe linh linnea lisa
    lisbeth lise lisette liv livia liz liza lizzie ljiljana ljubica llinos lois lola lore lorena loretta lorna
    lorraine lotta lotte lotti louisa louise lourdes lowri luana lucia luciana lucie lucila lucile lucille lucinda
    lucrezia lucy ludmila luisa luiza lulu lupita luz lydia lynda lynette lynn lynne lyudmila mabel macarena
    madalena maddie madeleine madeline madison maeve magdalena maggie mahira mahnoor maia mair maisie maite maja
    makena malaika malala malgorzata malika malin mallory mamta manal mandy manon manuela mara marcela marcella
    marcia margaret margareta margarete margaretha margarida margarita margaux margery margot margrethe marguerite
    maria mariam mariama mariana marianna marianne maribel maricel marie mariela marielle marietta marija marika
    mariko marilena marilyn marina marion marisa marisela marisol marit maritza mariya marjorie marketa marla
    marlena marlene marsha marta martha martina martine marva mary maryam maryna mathilda mathilde matilda maud
    maude maura maureen mavis maxine maya mayra mayumi mbali meena meenakshi meera megan megumi mehreen mehwish mei
    melania melanie melina melinda melissa mercedes mercy meredith meriel merle merrilee merve meryem meryl mette
    mia michaela michelle michiko mihaela mila mildred milena millicent millie mimi mina mindy minna minnie mira
    miranda mireia mireille mirela mirella miriam mirjam mirjana mitra mmabatho moana moira mojca mollie molly mona
    monica monika monique morag morgane morna morwenna muireann mukami munira muriel mutinta mwende myfanwy mymoena
    myra myriam myrtle naa nabila nada nadege nadezhda nadia nadine nadja naima najma najwa nakato naledi nancy
    nanette naoko naomi naomie narelle narges nasreen nasrin natacha natalia natalie nataliya natasha nathalie nawal
    ndidi neha nele nell nella nerys nettie ngaire ngozi ngozika niamh nicola nicole nicolette nieves nighat nila
    nina nino nisha nita njeri nkechi nneka noelle noemi noemie nokuthula nolwenn nomsa nomvula nonhlanhla noor nora
    norah noreen norma nosipho nour nthabi nthabiseng nuala nura nuria nusrat nyambura nyasha nyokabi obiageli oddny
    odette odile ofelia oksana oleksandra olena olga olive olivia oluchi oluwaseun olwen omolara omotola oonagh
    ophelia orla orlaith ornella otilia ottilie oumou padma paige palesa pallavi paloma pam pamela paola parisa
    parvati parveen pascale patience patricia patrizia patsy paula paulette paulina pauline pearl peg peggy penelope
    penny pernille perpetua petra philippa philomena phoebe phyllida phyllis pia pilar pippa polina polly pooja
    poppy portia preeti prisca priscilla priya priyanka prudence prunella qadira quynh rabia rachael rachel rada
    radha radhika raffaella ragnhild raheela rahel raisa raissa rajni rakiya ramona rana rani rania ranjana raquel
    rasa rashida razia rebecca rebekah reem refilwe regina regine reiko reina rekha renata renee revathi reyhan rhea
    rhian rhiannon rhoda rhona rhonda rita ritva roberta robina rochelle rocio roisin rolande romana romina romy
    rosa rosalba rosalia rosalie rosalind rosalinda rosamond rosamund rosanna rosaria rosario rose roseanne roseline
    rosemary rosetta rosie rosina rosita roswitha rowena roxana roxane roxanne roya rozalia rubina ruby rukhsana
    rukmini ruqaiya ruqayyah ruta rutendo ruth ruthie saadia sabah sabina sabine sabrina sachiko sadia sadie safia
    safiya sahar saida saima saira sakura sally salma salome salwa samantha samar samia samina samira sandhya sandra
    sandrine sanna saoirse saori sara sarah sarita saskia savannah savita savitri sawsan seema selena selina selma
    semra seren serena shabana shabnam shaheen shaista shakira shamim shamima shani shanice shannon shanthi sharmila
    sharon sharron shazia sheela sheelagh sheena sheila shelagh shelia shelley shelly sheri sherry sheryl shilpa
    shireen shirin shirley shona shreya shukria sibel sibongile signe sigrid sigrun silja silke silvana silvia
    simona simone sinead siobhan sipiwe siri sirkka sita siti slavica snezana sofia solange soledad solveig somaya
    sonali sonia sonja sophia sophie soraya sorcha sreeja sreekala stacey stefania stella stephanie stina sudha sue
    sujatha sultana sunila sunita sunniva surabhi susan susana susanna susanne sushma suzana suzanna suzanne suzette
    suzie svetlana swati sybil sylvia sylvie sylwia tabitha tahira tahmina taina talia tamar tamara tamika tamiko
    tammie tammy tamsin tania tanisha tanja tanya tara tarja taryn taslima tatiana tatjana tatyana tegan teodora
    tere teresa tereza terezija tess tessa tetiana thabisa thalia thandeka thandiwe thea thelma thembi theodora
    theodosia theresa therese thuy tia tiamat tiffany tiina tilda tilly tina titi titilayo tiyamike tomasa tomoko
    torill tova tracey tracie tracy trina trine trinh trish trisha trixie truda trudy tuba tulay tulisa tuuli ulla
    ulrika ulrike uma umme una unni ursula urszula uschi usha ute uzma vaishali valda valentina valentyna valeria
    valerie vanessa vanja vasanthi vasiliki velma vera verena verity verna veronica veronika vesela vesna vicki
    vicky victoria vidya vigdis viktoria vilja vilma viola violet violeta virginia virginie vivian viviana vivienne
    vjosa wafa wairimu wambui wanda wangari wangui wanjiku wanjiru warda wendy whitney wiebke wilhelmina wilma
    winifred winnie xanthe ximena xiomara yaa yadira yael yamina yana yara yasmin yasmina yasmine yelena yesenia
    yetunde yevgenia yewande ylva yoko yolanda yolande yovana yuki yukiko yulia yuliana yuliya yumi yuriko yusra
    yvette yvonne zahra zaina zainab zanele zara zawadi zaynab zehra zeinab zelda zenobia zeynep zhanna zinaida
    zinhle zita zlata zodwa zoe zofia zohra zora zoya zsofia zubaida zurine zuzana
    """)
)
MALE = frozenset(
    words_of("""
    aaron abbas abdallah abdel abdi abdou abdul abdulaziz abdullah abe abel abelardo abhijit abhishek abiodun abner
    abraham achille achim adalberto adam adama adamu ade adebayo adebowale adelino ademola adewale adil adnan adolf
    adolfo adolphe adrian adriano adrien afonso agostino agus agustin ahmad ahmed ahmet ahsan aidan aidar aiden
    ainsworth aitor ajay ajit akash akbar akeem aki akin akinwumi akio akira alain alan alasdair alastair alban
    alberic albert alberto albin albrecht alby aldo alec aled alejandro aleks aleksandar aleksander aleksandr
    aleksei aleksi alen alessandro alessio alexander alexandre alexandros alexandru alexei alexis alfie alfons
    alfonso alfred alfredo alhassan ali alim alioune alisdair alistair allan allen allister almir alois alonso
    alonzo alp alphonse alvaro alvin alwin alyn amadeus amadou amar amaury ambrose amin aminu amir amit amon amos
    anand anas anatole anatolii anatoly anders andi andile andre andreas andrei andreja andres andrew andrey andris
    andrius andriy androulis andrzej andy anfernee angelo anghel angus aniello anil anish ankit ankur anselm anselmo
    ansgar antal ante anthony antoine anton antoni antonin antonio antonios antonis antti antun anurag anwar aram
    archibald archie archy ardit arend argyris ari arif aristide aristotle arjen arjun arjuna arkady arlo arman
    armand armando armin arnar arnau arnaud arne arno arnold arpad arran arsen arsene arshad artan artem arthur
    artie artur arturo artyom arun arvid arvind arwel asad asger ashok ashraf asif aslan atif atiku atilla attila
    attilio aubrey august augustin augustine augusto aurel aurelien aurelio austin avi avraham awang axel ayaan
    aymeric ayodele azad azim aziz azlan azman babajide babak babatunde bader bakari balaji balazs baldev balint
    baltasar bambang baptiste barack barasa barnabas barnaby barney barrie barry bart bartholomew bartolomeo bartosz
    bashir basil basile bassam bastian bastien bautista bayo beau ben benedetto benedict benedikt bengt benicio
    benito benjamin benjy benny benoit berk berkay bernard bernardo bernd bernie bernt bert bertil bertram bertrand
    beto bhaskar bhupinder biagio bibek bikram bilal bill billy birger bjarke bjarne bjarni bjorn blaise blaz boaz
    bob bobby bodo bogdan bohdan bongani boniface boris borislav borja boubacar boyan boyd brad bradley bram brandon
    branislav branko brayden brendan brendon brent brett brian brice brock brodie bruce bruno bryan bryce buddy budi
    burak burkhard burt byron cabdi cai caio caius caleb calixto callan callum calogero calum calvin cameron camilo
    carl carlisle carlo carlos carlton carmelo carmine carsten caspar cassius cathal cecil cedric cedrick celestino
    cem cengiz cenk cesar cezar chad chaim chaitanya chaiwat chandan charles charlie che chetan chibuike
    chibuzo chidi chike chikondi chima chinedu chris christer christian christoph christophe christopher christos
    chuck chukwudi chukwuemeka chukwuma cian ciaran cillian cirilo ciro claas clancy clarence clark claude claudio
    claus clayton clemens clement cletus cliff clifford clint clive clovis clyde coby cody colby colin collins colm
    conall cono conor conrad constantin constantine corey corin cormac cornelis cornelius corrado cory cosimo cosmin
    cosmo costas costin craig craige crispin cristian cristiano cristobal cuong curro curtis custodio cuthbert
    cyprian cyriac cyril cyrus dafydd dag dagfinn dai daichi daisuke dalibor dallas dalton damian damien damion
    damir damon dan dane daniel daniele daniil danilo danladi danny dano dante danylo daoud dapo darcy dario darius
    darko darnell darragh darrel darrell darren darrin darryl daryl dashiell dave davey davi david davide davit
    davor dawid dawit dax dean deandre declan dedi deepak dejan deji del delroy delwyn demetrio demetrius demis
    denis deniz dennis denys denzel deon derek derrick deshawn desmond desmund detlef dev devendra devon dewayne
    dewey dexter dez dhruv diallo diarmaid diarmuid didier diego dieter dietmar dietrich digby dilip dillon dimitar
    dimitri dimitrije dimitrios dimitris dimitry dinesh dino diogo dion dionisio dipak dirk djamel djibril dmitri
    dmitry dmytro dobromir dod dogan dolph domenico domingo dominic dominik dominique donal donald donato donie
    donnie donny donovan dorian doru doug dougal dougie douglas dov draco dragan drago dragos drew duarte duc dudley
    dumisani duncan dusan dustin dwayne dwight dyfan dyfed dylan eamon earl earnest eben eberhard ebo ebrima ed edd
    eddie eddy edgar edin edison edmond edmund edmundo edson eduard eduardo edvard edward edwin efosa efraim
    efthymios egbert egil egon ehab eiji eike eilif einar eirik eitan eko ekrem eladio eli elias elijah elio elis
    elisha elliot elliott elmer elmo eloy elton elvis elwood emanuel emanuele emeka emil emile emiliano emilio emin
    emir emlyn emmanuel emmet emmett emory emre emrys enda endre eneas engin enis ennio enoch enos enrico enrique
    enzo eoghan eoin ephraim erhan eric erich erik erkki erlend erling ermal erminio ernest ernesto ernie ernst erol
    eros errol erskine ervin erwan esa esko esmond espen essam esteban esteve ethan etienne eugen eugene eugenio
    eusebi eusebio evan evander evangelos everett everton ewald ewan eyal eyup ezekiel ezio ezra fabian fabien fabio
    fabrice fabricio fabrizio fadi faisal faiz faizal faizul farayi farhan farid farouk farrukh fatih faustino fawad
    fawaz federico fela feliks felipe felix femi fenton feodor ferdi ferdinand ferenc fergal fergus fernando ferran
    ferruccio festus fidel fidele fiifi fikret filip filippo finbarr finlay finley finn finnian fintan fionn firat
    firoz fitz flavio flemming florent florian florin floyd fons fouad francesc francesco francis francisco franck
    franco francois franek franjo frank franklin franklyn frans franz fraser fred freddie frederic frederick
    frederik fredrick fredrik freek fridolin fritjof fritz fulvio fyodor gabe gabor gabriel gaetano gaige galen
    ganesh garba gareth garry gary gaspard gaston gavan gavin gavriel gaz gbenga gearoid gede genaro gene gennady
    geoff geoffrey geoffroy geordie georg george georges georgi georgios georgy geraint gerald gerard gerardo
    gerardus gereon gerhard germain gerrit gerry gert gethin ghassan giacomo gian giancarlo gianfranco gianluca
    gianmarco gianni gideon gil gilbert gilberto gilles gillis gino giora giorgio giorgos giovanni girish giulian
    giuliano giulio giuseppe glauco glen glenn glyn godfrey godwin gokhan gonzalo gopal goran gorazd gordan gordon
    gottfried grady graeme graham grant grayson greg gregers gregoire gregor gregory grey grigor grigory gruffydd
    guglielmo guido guilherme guillaume guillem guillermo gulam gunnar gunther gurpreet gustav gustave gustavo guy
    gwilym gwyn gwyndaf gyorgy haakon habib hadi hafiz haidar hajime hakan hakeem hakim hakon hal halil hallvard
    halvor hamad hamdi hamed hamid hamidou hamish hamza hank hannes hannibal hanno hans haralambos harald hardeep
    hari haridas haris harjit harlan harm harold haroun harry hartmut haruki harun haruna haruto harve harvey hasan
    hashim hassan hassane hatem haydar hayden heath hector hedley heikki heiko heino heinrich heinz helmut hemant
    hendra hendrik henk hennie henning henny henri henrik henrique henry henryk herb herbert herbie heriberto herman
    hermann hermenegildo hermes hernan herve hezekiah hidde hideki hideo hieu hilal hilario hilmar hilton hiram
    hiroshi hisham hitoshi honore horace horacio horatio horst hossam hossein houssem howard howie hristo hryhoriy
    hubert hubertus huey hugh hugo huib humberto humphrey hung husain husam husein huseyin hussain hussein huw huy
    hywel iago iain iakovos ian ibraheem ibrahim ichiro idan idris iestyn ieuan ifan ifeanyi iftikhar igal ignace
    ignacio ignas ignatius igor ihor ijaz ike ikechukwu ikenna ikram ilan ilario ilhan ilias ilie illarion ilya
    ilyas ilyes imad imanol imran indalecio indra ingemar ingmar ingo ioan ioannis iolo ion iraklis irfan irving
    irwin isaac isaiah isak isam isamu ishaan ishmael isidore isidro ismael ismail ismet issa issac istvan
    italo itamar itzhak ivan ivar ivaylo ivica ivo ivor iwan izaak izidor jaap jabari jabulani jacek jacinto jack
    jackson jacky jacob jacopo jacques jad jaden jadon jafar jagdish jago jai jaidev jaime jair jake jakob jakov
    jakub jaleel jalil jamaal jamal jamar jameel james jamie jamil jan janek janez janne janos janusz jared jarek
    jarkko jarl jarmo jarno jaromir jaroslav jarrod jarvis jason jasper jasraj jaswinder jaume jaun javad javan
    javid javier jawad jaxon jay jaycob jayden jaydon jaynesh jazz jean-paul jean-pierre jeb jebediah jed jef jeff
    jeffrey jehan jelle jeno jens jeppe jere jeremiah jeremias jeremy jermaine jeroen jerome jerrold jerry jervis
    jerzy jesper jesus jethro jett jim jimmy jinho jiri jitendra joachim joao joaquin jochen jock joe joel joeri
    joern joey jogvan johan johann johannes john johnathan johnnie johnny jojo joko jokubas jomar jon jonah jonas
    jonathan jonathon jonny jonty joost jordi jorg jorge jorgen joris jorn jose joseba josef joseph josephus josh
    joshua josias josip josue jotaro jouko jovan jozef jozsef juan judd jude judson juergen juha jukka jules julian
    julien julio julius junaid junichi junior jurgen juri jurica jurij jussi justin juuso kabelo kabir kabiru kacper
    kadir kagiso kahlil kai kaito kaj kaleb kalle kalman kaloyan kamal kamau kamil kamran kane karan kareem karel
    karim kariuki karl karol karsten karthik kasim kasimir kaspar kasun katsuo kayode kazim kazimierz kazuo keanu
    keegan keenan kees keigo keiichi keir keith kelechi kelvin kemal ken kenan kendall kendrick kenichi kenji
    kenneth kenny kenta kenzo kerim kermit kerr ketil ketut kev kevan kevin kevon khaled khaleel khalid khalifa
    khalil khoa khurram kian kieran kiernan kilian killian kimani kingsley kip kipchoge kipkorir kiprono kirill kirk
    kiyoshi kjartan kjell klaas klaus klemen knud knut koen kofi koji kojo koloman komang konrad konstantin
    konstantinos koray korbin korneel kosta kostas kostya kresimir kris krishna krishnan kristian kristijan kristinn
    kristof kristoffer krunoslav krystian krzysztof kudakwashe kumar kunal kunle kurt kurtis kuzma kwabena kwadwo
    kwaku kwame kwasi kwesi kyaw kyle kyriakos lachlan laci ladislav laird lajos lalit lamar lamin lamont lance
    lanny lanre laredo larkin larry lars lasse laszlo laurent lauri laurits lauro lawal lawrence lazar lazaro
    lazarus leander leandro leban lech lefteris leif leith leland lemuel lenard lennart lennie lennon lenny leo leon
    leonard leonardo leonel leonid leonidas leopold leopoldo leroy leslaw lester leszek leszlie lev leven levi lewin
    lewis lex liam lidio limbani linas lindani linford lino linus lionel lisandro ljubo llewellyn lloyd llyr loic
    lon lonnie lorenzo lothar lothario lou louie louis lovell lovro lowell lubomir lubos luc luca lucas lucian
    luciano lucio lucius ludo ludovic ludvig ludwig luigi luis luiz luka lukas lukasz luke luqman luther lutz luuk
    lwazi lyle lyndon lynford maarten mac macauley maciej mack made mads magnus magomed mahesh mahir mahlon mahmoud
    mahmud mahomed maina mairtin maks maksim maksym mal malachi malachy malcolm malcom malik mamadou mamdouh manas
    mandla manfred manish manni manny mano manoj manolis mansour manu manuel manus marc marcel marcelino marcello
    marcellus marcelo marcin marco marcos marcus marek mariano marijn marijus marin mario marios marius mariusz mark
    markku marko markus marlin marlon marnix marshall marten martijn martin marton martti marty marvellous marvin
    marvyn marwan masahiro masashi masato masood massimiliano massimo matej mateo mateus mateusz mathew mathias
    mathieu mathis matias matija matko mats matt matteo matthew matthias matthieu matti mattia mattis maurice
    mauricio maurits mauritz mauro maverick max maxim maxime maximilian maximiliano maximo maximus maynard mayowa
    mehdi mehmet mehmood meic meir melchior melvin mendel menno mensah merlin merrick merv mervin mervyn meszaros
    metin mfundo micah michael michail michal michalis micheal michel michele mick mickael mickey midas miguel miha
    mihai mihail mihaly mikael mike mikel mikey mikhail mikkel mikko miklos mikolaj milad milan milen miles miljan
    millard milorad milos milton miltos milutin minas mirko miro miron miroslav mirza mitch mitchell mitko mkhize mo
    modesto modou mohamad mohamed mohammad mohammadreza mohammadu mohammed mohan mohanad mohandas mohit mohsen
    moises mojtaba momodou mordechai morgan moritz morley morris mort morten moses moshe mossy mostafa motaz moussa
    moustapha mphatso mubarak mudassar mufaddal muhammad muhammadu muhammed muhsin mukesh mukhtar mungo munir munya
    munyaradzi murad murat murdo murilo murray murtaza musa mustafa mustapha musyoka mutua muzaffar mwangi mykhailo
    mykola myles myron nabil nadeem naeem naftali nahum naim najib nando naoki napoleon narayan narciso narendra
    nasir nasser nassim nat natan nate nathan nathanael nathaniel nattapong naveen navid nazar nazir neale ned nedim
    nedzad neel nehemiah neil nelson nemanja nenad nestor neville nevio newton nguema ngugi niall nic nicanor
    niccolo nicholas nick nicklas nico nicodemus nicolae nicolai nicolas nicolo niels nigel nii nikhil nikica niko
    nikola nikolai nikolaos nikolay nikoloz nikos nils nima nimrod niran nitin njabulo njoroge nkosinathi nnamdi
    noah noam nobuo noe noel nolan norbert norm norman norris norton nouri ntando nuno nuri nyall nyoman obadiah
    obafemi obinna ochieng octave octavian octavio odd oddvar odhiambo ofer oguz ohad oisin okan okechukwu ola olaf
    olafur olav ole oleg olegario oleksandr oleksiy oli olindo oliver olivier olli ollie olof olu olubunmi olumide
    olusegun oluwaseyi olwethu omar omari omer omondi onni onur oran oren orest orhan orion orlando orlin orson
    ortwin orville osama osamu osborne oscar oskar oskari osman osmo osvald osvaldo oswald oswaldo othmar otieno
    otis otmar ottavio otto ousmane owain owen oyvind ozan ozgur ozzie pablo paddy padraig pal panagiotis panayiotis
    pancho pankaj panos paolo paresh parth parviz pascal pascoal pasquale patricio patrick patrik patryk paul pauli
    paulino paulius paulo pavel pavlo pavlos pawan pawel paxton payam peadar pearse peder pedram pedro peer pekka
    pelle per perceval percy peregrine petar pete peter peteris petja petr petros petter petteri phelim phil
    philbert philemon philip philippe phillip phineas phuc pier pierce pierluigi piero pierre pieter pietro pim
    pinchas pio piotr piran pirmin placido plamen pol pontus porfirio poul prabhat pradeep pradip prakash pranav
    prasert praveen prem preston priit pritam prodan prosper pryce przemyslaw purushottam qasim quan quang quentin
    quincey quincy quinton quique raban rachid radek radim radko radomir radoslav radovan radu rafa rafael rafal
    rafe raffaele rafiq raghav rahim rahman rahul raimo raimond raimondo raimund rainer raivo raj rajan rajeev
    rajendra rajesh rajinder rajiv rakesh raleigh ralf ralph ralston ram ramesh rami ramin ramiro ramiz ramon ramzan
    ramzi ranald randal randall randeep randolph randy ranjit ransome ranulph raoul raphael rasheed rashid rasmus
    rastislav ratko raul ravi ravindra ray rayan rayhan raymon raymond raymundo razak reece refik reggie reginald
    regis reid reinaldo reinhard reinhold reino remco remi remigio renaldo renato renaud rene rens renzo reto reuben
    rex reynaldo reynold reza rhodri rhydian rhys riad ricard ricardo riccardo richard richie rick ricky rico ridley
    rik riku ringo rinus rishi risto ritchie rizwan roan roar rob robbie robby robert robertas roberto robson rocco
    rod roderick rodger rodion rodney rodolfo rodolphe rodri rodrigo roel roelof rogan rogelio roger rogier rohan
    rohit roko roland rolando rolf rollo roly romain roman romeo romulo ron ronald ronaldo ronan ronnie ronny roope
    rory roscoe roshan rosli ross rostislav rotimi roy royce royston ruairi ruaridh ruben rubin rudi rudolf rudy
    rufus ruggero rui rune rupert rurik ruslan russ russell rutger ryan ryder ryo ryszard ryuji saad sabino sachin
    sadio sadiq sagar sahib said saif sajid sakari salah salam salif salim salman salomon salvador salvatore salvo
    sameer sami samir sampson samson samuel samuele samuli samwel sandeep sander sandile sandor sandro sanford sani
    sanjay sanjeev sanjiv sante santi santiago santino santo sarath sarmad saso sathish satish saul saulius sava
    savvas sawyer scot scott scotty seamas seamus sean sebastian sebastiano sebastiao sebastien sefton segun selim
    selwyn semi semyon senad seokjin serafin serge sergei sergej sergey sergi sergii sergio serhii serhiy servaas
    seth seumas seve severin severino seyed shabir shadi shafiq shahid shahin shahram shai shaikh shalom shamus
    shane shankar shao sharif shaukat shaun shaw shawn shay shehu shekhar sheldon shelton shem sherman sherwin
    shigeru shingo shinji shivam shlomo sholto shubham siarhei sibusiso sid siddharth sidney siegfried siemen sifiso
    sigi sigmund sigurd sigve silas silvan silvano silvester silvio simao simba simeon simiyu simon sinclair sindre
    sindri sione sipho sipke siyabonga sjoerd slamet slava slavko slavoj slobodan smiljan sohail sol solly solomon
    somboon somchai somsak soren sotiris spencer spiros spyros srdan srdjan srinivas stan stanford stanislas
    stanislav stanko stanley stas stavros steeve stefan stefano steffen stein steinar stelios stellan sten stephan
    stephane stephen sterling stevan steve steven stevie stewart stian stig stipe stjepan strahinja stuart subhash
    sudhir suhail sujit sulaiman sulayman suleiman sumit sundar sune suneel sunil sunny suraj suresh surinder sushil
    sutrisno svein sven sverre swaraj swen syed sylvain sylvester sylvio szymon tad tadashi tadej tadeusz tadhg
    tafadzwa taha tahir takashi takeshi takis takumi talal talbot talha talib tamas tamer tamir tancredi taner
    tapfuma tapio tapiwa taras tarek tariku tariq taro tarquin tarun tasos tauno tavis tayfun taylan tayo teague ted
    teddy teemu tendai tendekai teo teodor teofil terence terje terrance terrell terrence terrill terry tetteh teun
    teuvo thabo thad thaddeus thanasis thanos themba thembinkosi theo theodor theodore theodoros theodosios
    theophilus thiago thibault thierry thijs thilo thom thomas thor thorbjorn thorolf thorsten thulani tiago tiberiu
    tibor tiernan tihomir tijn tilman tim timmy timo timon timothy timur tinashe tino tinus tirso titus tiziano
    tjeerd tobi tobias tobin toby tod todd toivo tom toma tomas tomasz tomaz tomi tomislav tommy tomo tonino tonio
    tony tor torbjorn tore torgeir tormod torsten toru toshio toussaint trajan travis tremaine trenton trevor
    trey tristan tristram troels troy trung trygve tshepo tsvetan tudor tulio tullio tumelo tuncay tunde tuomas
    tuomo turgut ty tycho tye tyler tymon tyrell tyrese tyrone tyson udo ugo ugochukwu ulf ulises ulric ulrich
    ulysses umar umaru umberto upton uri uriah uriel uros usama usman uthman uwe uzair uzoma vaclav vadim vahan
    valdemar valdis valentijn valentin valentino valerio valeriy valery valter vance vangelis vardan varun vasco
    vasil vasile vasilios vasilis vasily vassilis vaughan vaughn vedat velimir velko venkat verner vernon victor
    vidar viet viggo vigo vijay vijender vikas vikram viktor vilhelm ville vilmos vinay vince vincent vincenz
    vincenzo vinh vinnie vinny viraj virgil virgilijus virgilio vishal vishnu vit vitali vitaly vito vitor vittorio
    vivek vlad vladan vladimir vladislav vlado vojtech volker volodymyr vratislav vuk vusi vytautas wafula waheed
    wahid wahyu wainwright waldemar waldo wale waleed walid wallace walt walter waqar warren warwick wasim wayan
    wayne webster wei wekesa wenceslas wendell werner wes wesley whit wichai wiktor wilbert wilbur wiley wilf
    wilford wilfred wilfredo wilfrid wilhelm wilhelmus wilkie will willard willem willi william willie willis wilmer
    wim winfred winfried winston witold wladimir wojciech wolfgang wolfram woodrow woody wout wouter wyatt wyn
    wystan xander xaver xavier xerxes yaacov yahia yahya yair yakov yakubu yamato yamikani yanis yann yannick yannis
    yaroslav yaseen yasin yasser yasuo yavuz yaw ychezkel yehuda yered yevgeny yiannis yiannos yigal yilmaz yisrael
    yitzhak ynyr yohan yohannes yonas yonatan yoram yorgos yosef yoshi yoshiro younes yousef youssef youssouf yudi
    yukio yul yuma yunus yuri yuriy yusuf yusuke yuto yves zac zach zachariah zachary zack zafar zahid zaid zak
    zakaria zaki zane zayn zbigniew zdenek zdravko zeb zebedee zeke zeljko zenon zhivko ziad zigmund zinedine ziv
    ziyad zlatan zlatko zoilo zoltan zoran zubair zubin zulfiqar zulkifli zvi zvonimir
    """)
)


def pronoun_of_name(given: str) -> str:
    """Return "she" or "he" for a folded given name, "" if it goes with both or is not listed."""
    first = given.split("-")[0]
    if given in FEMALE or first in FEMALE:
        return "she"
    return "he" if given in MALE or first in MALE else ""
