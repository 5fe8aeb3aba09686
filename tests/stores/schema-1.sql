BEGIN TRANSACTION;
CREATE TABLE access_log (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	customer VARCHAR NOT NULL, 
	message VARCHAR(32), 
	PRIMARY KEY (id), 
	FOREIGN KEY(message) REFERENCES message (id)
);
INSERT INTO "access_log" VALUES(1,'2026-07-15 02:00:00.000000','1009','mail','KH0012','83ff9d7e055099e3ad41e3c3617d80e9');
INSERT INTO "access_log" VALUES(2,'2026-07-15 02:00:00.000000','1001','mail','KH0012','8d728da68241d9a59738a50b33d65ccc');
INSERT INTO "access_log" VALUES(3,'2026-07-15 02:00:00.000000','1001','mail','KH0012','cf02cd7b09102f1f77b81374772ecca5');
CREATE TABLE finding (
	id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	severity VARCHAR(10) NOT NULL, 
	file TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	cell TEXT NOT NULL, 
	value TEXT NOT NULL, 
	block VARCHAR(60) NOT NULL, 
	field_id VARCHAR(60) NOT NULL, 
	facts TEXT NOT NULL, 
	customer TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	row_key TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE grade (
	id INTEGER NOT NULL, 
	customer TEXT NOT NULL, 
	scheme VARCHAR(20) NOT NULL, 
	tier VARCHAR(40) NOT NULL, 
	since DATE NOT NULL, 
	is_current BOOLEAN NOT NULL, 
	details TEXT NOT NULL, 
	run INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "grade" VALUES(1,'KH0012','G1','key','2026-07-15',1,'{"customer":"KH0012","scheme":"G1","tier":"key","label":{"zh":"重点客户","en":"Key"},"rule":{"zh":"G1 重点客户：营业额 45 万元（不低于 10 万元）","en":"G1 Key: turnover CNY 450,000 (at least CNY 100,000)"},"figures":[{"metric":"turnover","value":450000.0,"why":null},{"metric":"payment_credit","value":"good","why":null},{"metric":"orders_ever","value":3,"why":null}],"raised_by":[{"zh":"营业额再增加 5 万元，即可升为VIP客户","en":"turnover up by CNY 50,000: then VIP"}],"lowered_by":[{"zh":"营业额低于 10 万元（现在还多 35 万元）","en":"turnover below CNY 100,000 (now CNY 350,000 above)"}]}',1);
INSERT INTO "grade" VALUES(2,'KH0012','G2','B','2026-07-15',1,'{"customer":"KH0012","scheme":"G2","tier":"B","label":{"zh":"B级","en":"B"},"rule":{"zh":"G2 B级：营业额 45 万元（不低于 10 万元）","en":"G2 B: turnover CNY 450,000 (at least CNY 100,000)"},"figures":[{"metric":"turnover","value":450000.0,"why":null},{"metric":"expected_revenue","value":0.0,"why":null}],"raised_by":[{"zh":"营业额再增加 5 万元，即可升为A级","en":"turnover up by CNY 50,000: then A"},{"zh":"预计收入再增加 50 万元，即可升为A级","en":"expected revenue up by CNY 500,000: then A"}],"lowered_by":[{"zh":"营业额低于 10 万元（现在还多 35 万元）","en":"turnover below CNY 100,000 (now CNY 350,000 above)"}]}',1);
CREATE TABLE held (
	id INTEGER NOT NULL, 
	workbook_id TEXT NOT NULL, 
	customer TEXT NOT NULL, 
	block VARCHAR(60) NOT NULL, 
	"key" TEXT NOT NULL, 
	sheet TEXT NOT NULL, 
	"row" INTEGER NOT NULL, 
	"values" TEXT NOT NULL, 
	unread TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE hold (
	id INTEGER NOT NULL, 
	token VARCHAR(8) NOT NULL, 
	workbook_id TEXT NOT NULL, 
	finding TEXT NOT NULL, 
	raised_at DATETIME NOT NULL, 
	confirmed_at DATETIME, 
	confirmed_by TEXT NOT NULL, 
	is_pending BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE message (
	id VARCHAR(32) NOT NULL, 
	recipient VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	raw BLOB NOT NULL, 
	customers JSON NOT NULL, 
	message_id VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	last_answer VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (message_id)
);
INSERT INTO "message" VALUES('8d728da68241d9a59738a50b33d65ccc','1001','陈建国','chen@a.example','【客户档案】5 项已逾期',X'00','["KH0012"]','<8d728da68241d9a59738a50b33d65ccc@hengchuan.example>','2026-07-15 02:00:00.000000','sent',1,'2026-07-15 02:05:00.000000','已写成文件 2026-07-15_陈建国_8d728da68241.eml');
INSERT INTO "message" VALUES('7a564bbbccd7a7873014ab7d23d1f7fe','1002','王芳','wang@a.example','【客户档案】2 项已逾期',X'00','[]','<7a564bbbccd7a7873014ab7d23d1f7fe@hengchuan.example>','2026-07-15 02:00:00.000000','sent',1,'2026-07-15 02:05:00.000000','已写成文件 2026-07-15_王芳_7a564bbbccd7.eml');
INSERT INTO "message" VALUES('f5eb008edf9209ccd9bbdbe52a974328','1003','李伟','li@a.example','【客户档案】2 项已逾期',X'00','[]','<f5eb008edf9209ccd9bbdbe52a974328@hengchuan.example>','2026-07-15 02:00:00.000000','sent',1,'2026-07-15 02:05:00.000000','已写成文件 2026-07-15_李伟_f5eb008edf92.eml');
INSERT INTO "message" VALUES('83ff9d7e055099e3ad41e3c3617d80e9','1009','何静','he@a.example','【客户档案】1 项已逾期',X'00','["KH0012"]','<83ff9d7e055099e3ad41e3c3617d80e9@hengchuan.example>','2026-07-15 02:00:00.000000','sent',1,'2026-07-15 02:05:00.000000','已写成文件 2026-07-15_何静_83ff9d7e0550.eml');
INSERT INTO "message" VALUES('cf02cd7b09102f1f77b81374772ecca5','1001','陈建国','chen@a.example','【部门周报】2026-W29：5 项逾期，1 家客户，预计收入 0 万元',X'00','["KH0012"]','<cf02cd7b09102f1f77b81374772ecca5@hengchuan.example>','2026-07-15 02:00:00.000000','sent',1,'2026-07-15 02:05:00.000000','已写成文件 2026-07-15_陈建国_cf02cd7b0910.eml');
CREATE TABLE meta (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('schema','1');
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	stage INTEGER NOT NULL, 
	recipient VARCHAR NOT NULL, 
	message VARCHAR(32) NOT NULL, 
	raised_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (kind, rule, subject, period, stage, recipient), 
	FOREIGN KEY(message) REFERENCES message (id)
);
INSERT INTO "notice" VALUES(1,'duty','D1','/1002','2026-05',5,'1001','8d728da68241d9a59738a50b33d65ccc','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(2,'duty','D1','/1003','2026-05',5,'1001','8d728da68241d9a59738a50b33d65ccc','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(3,'duty','V3','KH0012/','2026Q2',5,'1001','8d728da68241d9a59738a50b33d65ccc','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(4,'duty','D1','/1002','2026-06',5,'1001','8d728da68241d9a59738a50b33d65ccc','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(5,'duty','D1','/1003','2026-06',5,'1001','8d728da68241d9a59738a50b33d65ccc','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(6,'duty','D1','/1002','2026-05',5,'1002','7a564bbbccd7a7873014ab7d23d1f7fe','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(7,'duty','D1','/1002','2026-06',5,'1002','7a564bbbccd7a7873014ab7d23d1f7fe','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(8,'duty','D1','/1003','2026-05',5,'1003','f5eb008edf9209ccd9bbdbe52a974328','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(9,'duty','D1','/1003','2026-06',5,'1003','f5eb008edf9209ccd9bbdbe52a974328','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(10,'duty','V3','KH0012/','2026Q2',5,'1009','83ff9d7e055099e3ad41e3c3617d80e9','2026-07-15 02:00:00.000000');
INSERT INTO "notice" VALUES(11,'summary','R2','市场部','2026-W29',0,'1001','cf02cd7b09102f1f77b81374772ecca5','2026-07-15 02:00:00.000000');
CREATE TABLE position (
	row_id VARCHAR(32) NOT NULL, 
	workbook_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	is_open BOOLEAN NOT NULL, 
	sheet TEXT NOT NULL, 
	"row" INTEGER NOT NULL, 
	stale BOOLEAN NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	last_run INTEGER NOT NULL, 
	PRIMARY KEY (row_id), 
	FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "position" VALUES('09270616058240a5a019718c00000000','staff',1,1,'人员',5,0,'54bb9fc0ecc8e8ca3c66c18b1423dfe3b57102b198d161c2c39861bd4090c523',1);
INSERT INTO "position" VALUES('09270616058240a5a019718c00000001','staff',2,1,'人员',6,0,'54bb9fc0ecc8e8ca3c66c18b1423dfe3b57102b198d161c2c39861bd4090c523',1);
INSERT INTO "position" VALUES('09270616058240a5a019718c00000002','staff',3,1,'人员',7,0,'54bb9fc0ecc8e8ca3c66c18b1423dfe3b57102b198d161c2c39861bd4090c523',1);
INSERT INTO "position" VALUES('09270616058240a5a019718c00000003','staff',4,1,'人员',8,0,'54bb9fc0ecc8e8ca3c66c18b1423dfe3b57102b198d161c2c39861bd4090c523',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000000','w-1',5,1,'封面',4,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000001','w-1',6,1,'接触记录',5,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000002','w-1',7,1,'交易记录',5,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000003','w-1',8,1,'交易记录',6,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000004','w-1',9,1,'交易记录',7,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
INSERT INTO "position" VALUES('99dc75440cc44f6db398c21c00000005','w-1',10,1,'附表2 关键人物资料',5,0,'eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e',1);
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	row_id VARCHAR(32) NOT NULL, 
	workbook_id TEXT NOT NULL, 
	block VARCHAR(60) NOT NULL, 
	customer TEXT NOT NULL, 
	period VARCHAR(10) NOT NULL, 
	"key" TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	action VARCHAR(10) NOT NULL, 
	"values" TEXT NOT NULL, 
	accepted_at DATETIME NOT NULL, 
	run INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "revision" VALUES(1,'09270616058240a5a019718c00000000','staff','F30.people','','','1001',0,'open','{"number":"1001","name":"陈建国","role":"department_head","department":"市场部","email":"chen@a.example"}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(2,'09270616058240a5a019718c00000001','staff','F30.people','','','1002',0,'open','{"number":"1002","name":"王芳","role":"account_manager","superior":"1001","department":"市场部","email":"wang@a.example"}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(3,'09270616058240a5a019718c00000002','staff','F30.people','','','1003',0,'open','{"number":"1003","name":"李伟","role":"account_manager","superior":"1001","department":"市场部","email":"li@a.example"}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(4,'09270616058240a5a019718c00000003','staff','F30.people','','','1009',0,'open','{"number":"1009","name":"何静","role":"information_administrator","superior":"1001","department":"市场部","email":"he@a.example"}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(5,'99dc75440cc44f6db398c21c00000000','w-1','F0.cover','KH0012','','',0,'open','{"code":"KH0012","name":"江南精密制造有限公司","industry":"装备制造","region":"华东","stage":"cooperating","account_manager":"王芳","opened_on":"2026-01-08","verified_on":"2026-07-03","payment_credit":"good"}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(6,'99dc75440cc44f6db398c21c00000001','w-1','F10.reports','KH0012','','2026-07-02王芳赵建国visit',0,'open','{"date":"2026-07-02","key_person":"赵建国","our_person":"王芳","method":"visit","on_site":true,"content":"谈二期工程","planned":true}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(7,'99dc75440cc44f6db398c21c00000002','w-1','F11.transactions','KH0012','','s-1',0,'open','{"number":"S-1","date":"2026-03-02","amount":100000.0}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(8,'99dc75440cc44f6db398c21c00000003','w-1','F11.transactions','KH0012','','s-2',0,'open','{"number":"S-2","date":"2026-04-02","amount":150000.0}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(9,'99dc75440cc44f6db398c21c00000004','w-1','F11.transactions','KH0012','','s-3',0,'open','{"number":"S-3","date":"2026-05-02","amount":200000.0}','2026-07-15 02:00:00.000000',1);
INSERT INTO "revision" VALUES(10,'99dc75440cc44f6db398c21c00000005','w-1','F2.persons','KH0012','','赵建国',0,'open','{"name":"赵建国","post":"设备部长","birthday":"03-08","channel_level":"3","consent":true,"updated_on":"2026-05-01"}','2026-07-15 02:00:00.000000',1);
CREATE TABLE run (
	id INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	now DATETIME NOT NULL, 
	finished_at DATETIME, 
	inputs VARCHAR(64) NOT NULL, 
	valid_until DATETIME, 
	figures TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "run" VALUES(1,'2026-11-22 14:26:40.601295','2026-07-15 02:00:00.000000','2026-11-22 14:26:41.136839','6f84ee67a6d9a2675e211dfe5fbdd88b308c67ca372f5447faf4848003b321fd','2026-07-15 16:00:00.000000','{"workbooks": {"seen": 2, "read": 2, "unchanged": 0, "unreadable": 0}, "rows": {"seen": 10, "accepted": 10, "unchanged": 0, "held": 0, "closed": 0}, "findings": {"error": 0, "warning": 0}, "grades": {"G1": {"key": 1}, "G2": {"B": 1}}, "duties": {"later": 3, "ahead": 0, "due": 0, "overdue": 0, "escalated": 0, "escalated_again": 5}, "waiting": 0, "messages": {"queued": 5}, "seconds": {}, "problem": ""}');
CREATE TABLE workbook (
	workbook_id TEXT NOT NULL, 
	path TEXT NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	customer TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	parent VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	modified_ns BIGINT NOT NULL, 
	checked_against VARCHAR(64) NOT NULL, 
	checked_on DATE NOT NULL, 
	rows INTEGER NOT NULL, 
	held INTEGER NOT NULL, 
	is_restless BOOLEAN NOT NULL, 
	absent TEXT NOT NULL, 
	last_run INTEGER NOT NULL, 
	PRIMARY KEY (workbook_id)
);
INSERT INTO "workbook" VALUES('staff','人员.xlsx','staff','','','54bb9fc0ecc8e8ca3c66c18b1423dfe3b57102b198d161c2c39861bd4090c523','',6348,1795357600404983149,'4bfb00ad55eb59d54b9dbc59afe2d17070763e507b299c1dbd4110792798ca0b','2026-07-15',4,0,0,'',1);
INSERT INTO "workbook" VALUES('w-1','王芳/江南.xlsx','archive','KH0012','1002','eeb35d5cc5e704ea853c8ff9042931e96588179e3a9ed9cc0c1e8ded5bccc17e','',19040,1795357600417976629,'52405bd62bd2e7ddfe3bdecfd31297455b48f575fea119e422c622dd95f0b369','2026-07-15',6,0,0,'',1);
CREATE INDEX ix_revision_customer ON revision (customer);
CREATE INDEX ix_held_workbook_id ON held (workbook_id);
CREATE INDEX ix_finding_source ON finding (source);
CREATE INDEX ix_hold_token ON hold (token);
CREATE INDEX ix_hold_workbook_id ON hold (workbook_id);
CREATE INDEX ix_grade_customer ON grade (customer);
CREATE INDEX ix_message_recipient ON message (recipient);
CREATE INDEX ix_message_state ON message (state);
CREATE INDEX ix_position_workbook_id ON position (workbook_id);
CREATE INDEX ix_notice_message ON notice (message);
CREATE INDEX ix_notice_recipient ON notice (recipient);
CREATE INDEX ix_access_log_customer ON access_log (customer);
CREATE INDEX ix_access_log_who ON access_log (who);
COMMIT;
