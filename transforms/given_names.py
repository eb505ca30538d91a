"""Given names that mostly go with "he" or with "she": evidence for pronouns, put together for this project.

Names that go with both (Kim, Robin, Sam) are left out.
"""

from transforms.cues import words_of

FEMALE = frozenset(
    words_of("""
    aaliyah abigail ada adaeze adele adelaide adriana aditi agata agatha agnes agnieszka aida aiko aino aisha aishatu
    aisling akosua alana alba alejandra alexandra alexia alice alicia alina alison allison alma amaka amalia amanda
    amara amelia amelie amina aminata amira amy ann anahera anastasia andreea angela angelica angelina anita anja anna
    ana annabel anne anneke annette annie antonella antonia anya apinya aroha asha ashley asma astrid asya athena audrey
    aurelia aurora ava awa aya ayesha ayla aysel azra barbara beata beatrice beatriz becky belinda bella bernadette
    beth bethany betty beverley beverly bianca birgit birgitta birgitte blanca bolanle bonnie brenda bridget brigid
    brigitte britta brooke busisiwe camila camilla candace carla carmen carmela carol carolina caroline carolyn
    carrie catalina caterina catherine cathy cecilia celeste celia celine chantal charlotte chiamaka chiara chidinma
    chinwe chioma chloe christina christine cindy claire clara clarissa claudia colette colleen concetta constance
    consuelo cora corinne cristina cynthia dagmar dagny daisy dalia dana danielle daniela danuta daphne darya dawn
    deborah debra debbie deirdre delia delphine denise desiree diana diane dilnoza dilys dina dolores dominika donna
    dora doreen doris dorota dorothea dorothy edith edna efua eileen eilidh eimear ekaterina elaine eleanor elena
    eleni elif elin elina elisa elisabeth elise eliza elizabeth ella ellen elodie eloise elsa elsie elspeth emilia
    emilie emily emma erica erika erin esme esperanza estelle esther eszter eunice eva eve evelyn evie ewa fabiola
    faith farah farida fatema fatima fatimah fatma fatou fatoumata federica felicia felicity fernanda fiona fleur
    flora florence frances francesca francine francoise freya frida frieda funmilayo gabriela gabriella gabrielle
    gemma genevieve georgia georgina geraldine gertrude ghada gillian gina giorgia giovanna giulia gloria grace
    graciela greta gretchen grethe gudrun guadalupe gulnara gwen gwendolyn gwyneth habiba hadiza hafsa hala halima
    hana hanna hannah hannele harriet hatice hazel heather hedda hedwig heidi helen helena helene helga hermione hilary
    hilda hilde hind hollie holly hortense huda ilse ilona imani imelda imogen ina ines inga inge ingeborg ingrid
    inez ioana irene irina iris irma isabel isabella isabelle isla isobel itzel ivana iveta ivy iwona izabela jacinta
    jacqueline jadwiga jana jane janet janice janine jasmin jasmine jayashree jean jeanette jeanne jelena jemima
    jennifer jenny jessica jill jitka joan joana joanna joanne jocelyn johanna josefina josephine josie joyce juana
    judith judy julia juliana julie juliet julieta justine justyna kadija kaja kamala kamila karen karin karina karla
    karolina kasey katarina kate katerina katharina katherine kathleen kathryn kathy katie katja katrin katrina kavita
    kayla kelly kerry khadija kiera kiri kirsten kirsty klara komal krisztina kristen kristin kristina kristine
    krystyna lakshmi lara larissa latoya laura lauren laurence layla lea leah leanne leila lena leonie leonor leticia
    lidia lila lilian liliana lillian lily lina linda lindiwe linh linnea lisa lise liv livia liz liza lizzie lois
    lola loretta lorna lorraine lotte louisa louise lourdes lucia luciana lucie lucille lucinda lucy ludmila luisa
    luiza luz lydia lynn lynne mabel maddie madeleine madeline madison maeve magdalena maggie mahnoor maia maja
    malgorzata malika mandy manuela mara marcela marcia margaret margarida margarita margaux margot margrethe maria
    mariam mariama mariana marianne marie mariela marija marina marion marisa marit marjorie marlene marta martha
    martina mary maryam matilda maud maura maureen mavis maxine maya mbali megan mehwish mei melanie melinda melissa
    mercedes mercy meredith mia michaela michelle mila milena mina mira miranda mireille miriam mirjana moira molly
    mona monica monika monique morag morwenna muriel myra myrtle nadia nadine nadja najma nancy naoko naomi narges
    natalia natalie natasha nathalie ndidi nell nella nicola nicole nieves nila nina ngaire ngozi niamh noelle noemi
    nolwenn nomvula noor nora noreen norma nosipho nthabiseng nuala nura nyokabi oddny odette odile oksana olena olga
    olive olivia oluwaseun oonagh ophelia orla paige paloma pamela paola parveen patience patricia patrizia paula
    paulina pauline pearl peggy penelope penny perpetua petra philippa phoebe phyllis pia pilar polly poppy prisca
    priscilla priya priyanka prudence qadira quynh rachel radhika raffaella ragnhild rahel raisa ramona rana rania
    raquel rasa razia rebecca regina reem rekha renata renee reyhan rhea rhiannon rhoda rhona rita roberta rocio
    romina rosa rosalind rosamund rosanna rosario rose rosemary rosie rowena roxana roxanne rukhsana ruth rutendo
    ruqayyah sabina sabine sabrina sadia safiya saima saira sakura sally salma salome samantha samira sandra sanna
    saoirse sara sarah sarita saskia savita selina selma semra serena shabana shabnam shamim shanice shannon sharon
    shazia sheena sheila shelley shelly shirin shirley shreya sigrid silke silvana silvia simona simone sinead siobhan
    sipiwe siri sita siti sofia solange solveig sonia sonja sophia sophie soraya stacey stefania stella stephanie
    sunita surabhi susan susana susanna susanne suzanne svetlana sybil sylvia sylvie tabitha tamara tammy tamsin tania
    tanja tanya tara tatiana tatjana teresa tereza tess tessa thandiwe thandeka thea thelma theodora theresa therese
    tilda tilly tina titilayo tomoko tracey tracy trine trinh trudy tuuli ulla ulrike una ursula usha uzma valentina
    valeria valerie vanessa vera verena verity veronica veronika vesna vicky victoria vigdis viktoria vilma viola
    violet violeta virginia vivian vivienne wafa wanda wangari wanjiku wanjiru wendy whitney wilhelmina winifred
    winnie xiomara yaa yael yasmin yasmine yelena yetunde yevgenia yoko yolanda yuki yuliya yumi yusra yvette yvonne
    zahra zainab zanele zara zawadi zehra zeinab zeynep zinaida zoe zofia zohra zoya zsofia zuzana
    """)
)
MALE = frozenset(
    words_of("""
    aaron abdallah abdel abdi abdul abdullah abdulaziz abdou abel abraham adam ade adebayo adelino adil adnan adrian
    agustin ahmad ahmed ahmet aidan akash akbar aki akin akira alain alan alasdair alastair albert alberto albin aldo
    alejandro aleksandar aleksander aleksandr aleksei aleksi alessandro alexander alexandre alexei alexis alfie alfonso
    alfred alfredo ali alistair allan allen alonso alois alvaro amadou amir amit amos anand anatoly anders andre andrei
    andres andreas andrew andrey andriy andrzej andy angelo angus anil anselm anthony anton antonio antoine antti anwar
    archie ari arif aristide arjun arman armando arnaud arnold arsene arthur artem artur arturo arun arvind asad asger
    ashok ashraf atilla attila augustin augusto aurelien austin avi aziz babak baltasar barack barnaby barry bart
    bartosz baptiste bashir basil bassam bastien ben benedict benedikt benito benjamin bernard bernardo bernd bernie
    bert bertrand bilal bill billy bjarne bjorn bob bobby bogdan bohdan boris boubacar brad bradley brandon brendan
    brent brian bruce bruno bryan bryce burak byron caleb callum calvin cameron carl carlo carlos carsten cecil cedric
    cesar chad charles charlie chidi chike chinedu chris christian christoph christophe christopher ciaran clarence
    claude claudio clemens clement cliff clifford clive clyde colin colm conor conrad constantin cornelius cosmin craig
    curtis custodio cyril cyrus dag damian damien damir dan daniel daniele daniil danilo danny dario darius darko
    darnell darragh darren dave david davide dean declan deepak denis dennis derek desmond devon diarmuid didier diego
    dieter dimitar dimitri dimitrios dinesh dirk dmitri dmitry dominic dominik dominique donald donovan dougal douglas
    dragan duncan dustin dwayne dylan eamon earl ed eddie edgar edmund eduard eduardo edward edwin efosa egil einar
    eirik eitan elias elijah elliot elliott elvis emanuel emeka emil emile emiliano emilio emmanuel emmett emre
    enda enrico enrique enzo eoin ephraim eric erich erik ernest ernesto ernst erwan esteban ethan etienne eugene
    eusebio evan ewan fabian fabien fabio fabrice fadi faisal farhan farid farouk fatih federico felipe felix ferdinand
    ferenc fergus fernando fidel filip filippo finlay finn florian floyd francesco francis francisco franco francois
    frank franklin franz fraser fred freddie frederic frederick frederik fredrik fritz gabor gabriel gareth garry
    gary gaspard gaston gavin gaz gennady geoff geoffrey george georges georgi georgios gerald gerard gerardo gerhard
    germain gerry giacomo gianluca gianni gilbert gilberto gilles gino giorgio giovanni giuliano giulio giuseppe glen
    glenn godfrey goran gordon graeme graham grant greg gregor gregory grigory guido guilherme guillaume guillermo
    gunnar gunther gustav gustavo guy gwyn habib hakan hakim hamad hamid hamish hamza hannes hans harald haris harold
    haroun harry harun harvey hasan hassan hector heinrich heinz helmut hendrik henk henri henrik henrique henry herbert
    herman hermann hernan hideo hiroshi horacio horst houssem howard hubert hugh hugo humberto humphrey husam hussain
    hussein huw iain ian ibrahim idris ifeanyi ignacio ignatius igor ikechukwu ilya imran indra ioannis ion irfan isaac
    isaiah ishaan ismail issa istvan ivan ivar ivo ivor jaap jack jackson jacob jacques jaime jake jakob jakub jamal
    james jamie jan janez janos jared jarek jaroslav jason jasper javad javier jaxon jay jean-paul jean-pierre jed jeff
    jeffrey jens jeremiah jeremy jerome jerry jerzy jesper jesus jim jimmy jiri joachim joao joaquin joe joel joern
    jogvan johan johann johannes john johnny jon jonah jonas jonathan jorg jorge jose josef joseph josh joshua josip
    juan juergen juha julian julien julio julius junaid junior jurgen justin kabir kai kamal karan kareem karel karim
    karl karol karsten kaspar kees keir keith kelvin ken kenji kenneth kenta kevin khaled khalid khalil kieran kirill
    klaus kofi kojo konrad konstantin kostas kris krishna kristian kristoffer krzysztof kumar kurt kwabena kwame kwasi
    kwesi kyle lachlan laird lamar lamin lance larry lars laszlo laurent lawrence lazar leandro lech lefteris leif leo
    leon leonard leonardo leonel leopold leroy lev levi lewis liam linus lionel lloyd lorenzo lothar louis luc luca
    lucas luciano ludovic luigi luis luka lukas lukasz luke luther maciej magnus mahmoud mahmud malcolm malik mamadou
    manoj manuel marc marcel marcello marcelo marcin marco marcos marcus marek mariano marijn marin mario mark marko
    markku markus marlon marshall martin marvin masato mateo mateus mathias mathieu mathis matias matko mats matt
    matteo matthew matthias matthieu matti maurice mauricio mauro max maxim maxime maximilian mehdi mehmet melvin
    mervyn michael michal michel michele mick miguel mihai mike mikhail mikko miklos mikkel milan miles milos milton
    miro miroslav mitchell mohamed mohammad mohammed mohan mohsen moises morgan moritz morris morten moses moshe moussa
    muhammad muhammed mukesh murat murray musa mustafa nabil nadeem naeem nasser nathan nathaniel naveen ned neil nelson
    nevio niall niccolo nicholas nick nicklas nico nicolas nigel nikhil nikola nikolai nikolaos nikos nils nnamdi noah
    noel norbert norman nuno obinna octavio oisin ola olaf olav ole oleg oleksandr oleksiy oliver olivier ollie olof
    olumide omar orlando oscar oskar osman oswald otto owen pablo paddy padraig panagiotis paolo pascal patrick paul
    paulo pavel pavlo pawel pedro peer pekka per percy pete peter petr petros petter phil philip philippe phillip
    pier pierre pieter piotr pradeep prakash preston prosper quentin quincy rachid radek radoslav radu rafael rafal
    raffaele rahul raj rajesh rajiv ralf ralph ramesh rami ramiro ramon randall randolph randy raoul rashid rasmus
    raul ravi ray raymond reginald reinhard rene renzo reuben rex rhys ricardo riccardo richard rick ricky rob robbie
    robert roberto rod roderick rodney rodolfo rodrigo roger rohan rohit roland rolf roman romain ron ronald ronan
    rory roy ruben rudolf rudy rufus rui rupert russell ryan sadiq said salah salim salman salvador salvatore
    samir sampson samson samuel sandeep sanjay santiago saul scott sean sebastian sebastien seamus sergei sergey
    sergio seth seumas shahid shane shaun shinji sidney sigurd silas silvio simon sipho siddharth slobodan solomon
    soren spencer srdjan stan stanislav stanley stefan stefano stelios stephan stephane stephen steve steven stewart
    stig stuart sulaiman sunil suresh sven syed szymon taha takashi takeshi tarek tariq taro ted tendai terence terry
    thabo thaddeus theo theodore thiago thibault thierry thomas thorsten tiago tibor tim timo timothy timur tobias toby
    todd tom tomas tomasz tommy tony tor tore torsten travis trevor tristan tuomas tunde tyler tyrone ugo ulrich umar
    uwe vaclav valentin vasco vasil vasily vernon victor vidar vijay viktor vikram vince vincent vincenzo viraj vitor
    vlad vladimir volodymyr vuk vusi wahid waleed walid wallace walter warren wayne wei werner wesley wilfred wilhelm
    will willem william willie wim winston wojciech wolfgang wouter xavier yahya yann yannick yaw yiannis yohannes
    youssef yuri yusuf yves zac zach zachary zahid zaid zeljko zoltan zoran zubair
    """)
)


def pronoun_of_name(given: str) -> str:
    """Return "she" or "he" for a folded given name, "" if it goes with both or is not listed."""
    first = given.split("-")[0]
    if given in FEMALE or first in FEMALE:
        return "she"
    return "he" if given in MALE or first in MALE else ""
