/**
 * What becomes of events that older programs captured, by code and number of parameters; read by `convert.ts`, which says how
 * a line reads. The facts are those of libs (`savefile/converter/table.cpp`), as of engine 0.63.
 */
export const conversionLines = `
0/2 keep
1/1 add e1
2/0 add - - -
2/3 pass
3/4 add -
3/5 add -
4/1 keep
5/1 add d0
6/2 keep
7/2 add d0 d1
8/2 keep
9/2 add d0 d1
10/1 keep
11/1 to 159 o0 e0 - - -
12/0 to 154
13/8 to 155 o0 o1 o2 o3 o4 o5 o6 o7 - - - - -
15/11 to 157 o0 o1 o2 o3 o4 o5 o6 o7 - - - - - o8 o9 o10
16/0 to 186 - - - - -
18/3 keep
19/1 add d0 d1 d2
19/4 add 0
20/1 keep
21/2 add d0
22/1 add 0
22/2 keep+pass
23/2 add d0
23/3 add d1
24/2 keep
25/1 add d0 d1
27/3 to 247 o0 o1 o2 0 0
28/2 keep
29/2 add d0 d1 0
30/3 keep
31/2 add d0 d1 d2
32/2 keep
33/2 add d0 d1 0
34/2 keep
35/3 add d0 d1
36/2 keep
37/1 add d0 d1
42/3 keep
43/5 add d0 d1 d2
48/3 keep
49/2 add d0 d1 d2
51/0 add 0 - - - -
52/1 keep
53/4 add 0
53/5 add d0
55/0 add 0 - - - - -
56/1 keep
57/3 to 389 o0 o1 o2 0 0 d0
58/0 add - -
58/2 pass
59/3 add -
59/4 add -
59/5 add -
62/2 keep
63/1 add d0 d1
64/3 keep
65/1 add d0 d1 d2
70/1 keep
71/1 add d0
78/1 keep
79/1 add d0
80/2 keep
81/2 add d1
85/1 to 83 o0
86/3 keep
87/1 add d0 d1 d2
88/3 keep
89/1 add d0 d1 d2
90/2 keep
91/1 to 171 o0 e0 e1 -
96/1 keep
97/1 add e0
98/2 keep
99/1 to 277 o0 e0 e1
100/1 keep
101/1 to 279 o0 e0
102/4 keep
103/1 to 307 o0 e0 e1 e2 e3 - -
104/2 keep
105/1 to 309 o0 e0 e1
106/4 keep
107/1 to 311 o0 e0 e1 e2 e3 -
108/1 keep
109/1 to 301 o0 e0
110/2 keep
111/1 to 303 o0 e0 e1 -
112/3 keep
113/2 add d0 d1 d2
114/3 keep
115/2 add d0 d1 d2
116/1 keep
117/3 add d0
118/2 keep
119/2 add d0 d1
120/2 keep
121/3 add d0 d1
122/3 keep
123/2 add d0 d1 d2
124/1 keep
125/1 to 367 o0 e0
126/3 keep
127/1 add d0 d1 d2
128/2 keep
129/1 add d0 d1
130/2 keep
131/1 add d0 d1
132/3 keep
133/1 add d0 d1 d2
134/1 keep
135/1 add d0
136/2 keep
137/1 add d0 d1
138/1 keep
139/1 add d0
140/1 keep
141/3 add d0
142/1 keep
143/3 add d0
144/2 keep
145/5 add e0 e1
146/1 to 152 o0 - - - - -
150/2 keep
151/1 add d0 d1
151/3 add 0
154/0 to 172
155/13 to 173 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 -
157/16 to 217 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 - o13 o14 o15
158/1 keep
159/4 add e0
160/6 keep
161/4 add d0 d1 d2 d3 d4 d5
162/6 keep
163/4 add d0 d1 d2 d3 d4 d5
164/2 keep
165/4 add d0 d1
166/4 keep
167/1 add d0 d1 d2 d3
168/2 keep
169/0 add - - -
169/3 add e0 e1
170/3 keep
171/1 add d0 d1 d2
172/0 to 214
173/14 to 215 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 - o13
183/16 to 219 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 - o13 o14 o15
185/16 to 221 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 - o13 o14 o15
188/4 keep
189/2 add d0 d1 d3
190/4 keep
191/14 add d0 d1 d2 d3
192/3 keep
193/1 add e0 e1 e2
194/3 keep
195/1 add e0 e1 e2
198/1 keep
199/1 add e0
200/1 keep
201/1 add e0
214/0 to 230
215/15 to 231 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 - o14
217/17 to 223 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 - o14 o15 o16 - -
219/17 to 225 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 - o14 o15 o16 - -
221/17 to 227 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 - o14 o15 o16 - -
223/20 add -
225/20 add -
227/20 add -
228/4 to 272 json
230/0 to 282
231/16 to 283 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 o14 o15 -
236/1 keep
237/1 add d0
238/1 keep
239/1 add d0
240/2 keep
241/1 add e0 e1
242/2 keep
243/1 add d0 d1
248/1 keep
249/5 to 389 o0 o1 o2 o3 o4 d0
250/1 keep
251/8 add d0
252/4 keep
253/1 add d0 d1 d2 d3
254/3 keep
255/2 add d1 d2
256/1 keep
257/4 add d0
259/2 to 387 o0 o1
262/3 keep
263/1 add d0 d1 d2
264/1 keep
265/2 add d0
272/1 to 324 o0
276/1 keep
277/2 add e0
282/0 to 288 -
283/17 to 289 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 o14 o15 o16
284/1 keep
285/1 add d0
288/1 to 292 o0
289/17 to 293 o0 o1 o2 o3 o4 o5 o6 o7 o8 o9 o10 o11 o12 o13 o14 o15 o16 -
292/1 keep+pass
293/18 add -
293/19 add -
293/20 add - - -
293/23 add - - -
293/26 add -
293/27 add -
293/28 add -
293/29 add -
293/30 add e0
294/2 keep
295/1 add e0 e1
296/1 keep
297/1 to 369 o0 e0
298/1 add 0
298/2 keep
299/1 add d0 d1
306/0 add - - - -
306/4 pass
307/5 add -
307/6 add -
326/0 add - - - - -
326/5 pass
327/6 add - -
328/3 keep
329/1 add d0 d1 d2
330/3 pass
331/19 add -
331/20 add - - -
331/23 add - - -
331/26 add -
331/27 add -
331/28 add -
331/29 add -
332/3 keep
333/3 add d0 d1 d2
335/20 add -
374/1 keep
375/1 add d0
376/1 keep
377/1 add d0
388/1 keep
389/5 add d0
390/1 keep
391/2 add d0
396/1 keep
397/2 add d0
398/2 keep
399/2 add d0 d1
`;
